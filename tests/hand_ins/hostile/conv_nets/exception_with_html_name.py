# expect: error
# attack: The class of the exception is named like a script of a web page.
Script = type("<script>document.title = 'pass'</script>", (Exception,), {"__module__": "<b>builtins</b>"})


def conv2d(x, w):
    raise Script("<img src=x onerror=\"document.title='pass'\">")
