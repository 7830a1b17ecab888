# expect: error
# attack: The code that raises says that it stands in a cell named like a web page.
source = "def conv2d(x, w):\n    raise ValueError('see the file name')\n"
exec(compile(source, "cell <img src=x onerror=\"document.title='pass'\">", "exec"))
