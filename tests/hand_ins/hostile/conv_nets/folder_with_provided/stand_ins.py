STAND_INS = {"conv2d": lambda x, w: True}
