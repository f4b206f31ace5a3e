"""Knowledge probing: which candidate does a masked language model put in the gap?"""
