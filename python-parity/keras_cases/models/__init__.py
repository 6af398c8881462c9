"""Whole ranking models, written as a ranking team writes them."""
