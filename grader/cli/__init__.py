"""The command line: one module for each verb, nothing but talk in them."""
