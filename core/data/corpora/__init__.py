"""Text in several languages to pretrain masked language models on, in sections that stay whole."""
