"""`python -m rag` is `groundwire`."""

from rag.cli import main

if __name__ == "__main__":
    main()
