"""``python -m core <verb>``."""

from core.cli import main

if __name__ == "__main__":
    main()
