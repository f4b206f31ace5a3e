"""Knowledge probing: which candidate does a language model put in the gap?"""
