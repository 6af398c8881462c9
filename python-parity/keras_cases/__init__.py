"""Small Keras models with which the import of any Keras model is proven, by family.

A case is a function that takes the module of Keras (``keras``, or ``tf_keras`` for Keras 2) and
returns a model. Importing :mod:`keras_cases.families` registers all.
"""
