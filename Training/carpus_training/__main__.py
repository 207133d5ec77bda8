"""`python -m carpus_training`: maps, train, export, validate, predict, finetune, smoke."""

from .commands import main

main()
