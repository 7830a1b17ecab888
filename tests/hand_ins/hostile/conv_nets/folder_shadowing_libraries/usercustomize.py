print("a usercustomize.py of the submission was imported")
