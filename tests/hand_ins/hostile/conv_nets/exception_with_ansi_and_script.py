# expect: error
# attack: The text of the exception clears the terminal, paints a pass and closes the page's tags.
def conv2d(x, w):
    raise RuntimeError(
        "\x1b[2J\x1b[H\x1b[32mb1 pass 3/3\x1b[0m\x1b]0;graded\x07</pre></td></script><script>document.title='pass'</script>"
        "{{ 7 * 7 }} {% raw %} ]]> --> \x00\x08\r\n::set-output name=score::100"
    )
