"""Hausübung 3 – gefaltete Netze (geschrieben unter Windows, mit Tabulatoren)"""
import numpy as np
import torch

class Maßfehler(ValueError):
	pass

def seite(n, größe, schritt=1, rand=0, lücke=1):
	if größe < 1 or schritt < 1 or lücke < 1 or rand < 0:
		raise Maßfehler(f"unzulässig: größe={größe}, schritt={schritt}, rand={rand}, lücke={lücke}")
	frei = n + 2 * rand - lücke * (größe - 1) - 1
	if frei < 0:
		raise Maßfehler("kein Ausgang möglich – das Fenster ist größer als das Bild")
	return frei // schritt + 1

def conv_param_count(in_channels, filters, kernel):
	return in_channels * filters * kernel * kernel, filters

def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
	return seite(height, kernel, stride, padding, dilation), seite(width, kernel, stride, padding, dilation), filters

def pool_output_shape(height, width, channels, kernel, stride=None):
	return seite(height, kernel, stride or kernel), seite(width, kernel, stride or kernel), channels

def receptive_field(layers):
	größe = 1
	for schicht in reversed(layers):
		größe = (größe - 1) * schicht[1] + 1 + (schicht[0] - 1) * (schicht[2] if len(schicht) > 2 else 1)
	return größe

def zahl(text):
	if not text or text.strip("0123456789"):
		raise Maßfehler(f"„{text}“ ist keine Zahl")
	return int(text)

def layer_table(layers, input_shape):
	tabelle = [("input", 0, tuple(input_shape))]
	for name in layers:
		maße = tabelle[-1][2]
		if name == "flatten":
			n = 1
			for m in maße:
				n *= m
			zeile = 0, (n,)
		elif name[:3] == "fc-":
			zeile = (maße[0] + 1) * zahl(name[3:]), (zahl(name[3:]),)
		elif name[:4] == "conv" and name.count("-") == 1:
			k, f = map(zahl, name[4:].split("-"))
			zeile = sum(conv_param_count(maße[2], f, k)), (maße[0], maße[1], f)
		elif name[:5] == "pool-":
			zeile = 0, pool_output_shape(*maße, zahl(name[5:]))
		elif name[:4] == "pool" and name.count("-") == 1:
			k, s = map(zahl, name[4:].split("-"))
			zeile = 0, pool_output_shape(*maße, k, s)
		else:
			raise Maßfehler(f"unbekannte Schicht „{name}“")
		tabelle.append((name, *zeile))
	return tabelle

def fenster(x, h, b, lücke=1):
	return x.unfold(0, lücke * (h - 1) + 1, 1).unfold(1, lücke * (b - 1) + 1, 1)[:, :, ::lücke, ::lücke]

def conv2d(x, w):
	return (fenster(x, *w.shape) * w).sum((-1, -2))

def conv2d_weight_grad(x, dy):
	return (fenster(x, *dy.shape) * dy).sum(dim=(2, 3))

def conv2d_input_grad(w, dy):
	return conv_transpose2d(dy, w)

def sgd_step(w, dw, lr):
	return w + dw * (-lr)

def weight_grad_std(m, sigma_x, sigma_dy):
	σ = sigma_x * sigma_dy
	return m * σ

def max_pool_backward(x, dy, kernel=2):
	dx = x.new_zeros(x.shape)
	ziel = dx.unfold(0, kernel, kernel).unfold(1, kernel, kernel)  # eine Ansicht, keine Kopie
	for i, reihe in enumerate(x.unfold(0, kernel, kernel).unfold(1, kernel, kernel)):
		for j, f in enumerate(reihe):
			z, s = (f == f.max()).nonzero()[-1]
			ziel[i, j, z, s] = dy[i, j]
	return dx

def avg_pool_backward(x, dy, kernel=2):
	dx = x.new_zeros(x.shape)
	dx.unfold(0, kernel, kernel).unfold(1, kernel, kernel)[:] = dy[:, :, None, None] / kernel**2
	return dx

def conv_transpose2d(x, w, stride=1):
	y = x.new_zeros((x.shape[0] - 1) * stride + w.shape[0], (x.shape[1] - 1) * stride + w.shape[1])
	for i, j in torch.cartesian_prod(torch.arange(len(x)), torch.arange(len(x[0]))).tolist():
		y[i * stride:i * stride + w.shape[0], j * stride:j * stride + w.shape[1]] += x[i, j] * w
	return y

def dilated_conv2d(x, w, dilation=1):
	return (fenster(x, *w.shape, dilation) * w).flatten(2).sum(-1)

def gespiegelt(bild, davor, danach):
	zeilen = np.pad(np.arange(bild.shape[0]), (davor, danach), mode="symmetric")
	spalten = np.pad(np.arange(bild.shape[1]), (davor, danach), mode="symmetric")
	return torch.as_tensor(bild).double()[zeilen][:, spalten]

def averaging_filter(image, size=3):
	mittel = fenster(gespiegelt(image, (size - 1) // 2, size // 2), size, size).mean((2, 3))
	return mittel if isinstance(image, torch.Tensor) else mittel.numpy()

def laplacian_filter(image):
	b = gespiegelt(image, 1, 1)
	kreuz = b[:-2, 1:-1] + b[2:, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] - 4 * b[1:-1, 1:-1]
	return kreuz if isinstance(image, torch.Tensor) else kreuz.numpy()
