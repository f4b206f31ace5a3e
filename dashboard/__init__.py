"""The Streamlit shell: navigation and the parts that pages share. It never loads a model."""
