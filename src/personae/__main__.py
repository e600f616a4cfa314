"""python -m personae."""

from personae.cli.main import main

main()
