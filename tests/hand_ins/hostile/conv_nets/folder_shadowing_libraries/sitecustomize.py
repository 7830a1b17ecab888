print("a sitecustomize.py of the submission was imported")
