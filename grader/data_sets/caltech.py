"""The stand-in for Caltech101: a coloured figure for each class, with its own form and pattern, before a cluttered background."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

MADE_FROM = "2,020 drawings of 101 figures (64 x 64): each has a form, colours and a pattern of its own and stands before clutter"
_EACH = 20  # pictures of a class
_SIDE = 64
_BACKGROUND = "BACKGROUND_Google"  # must be there and is no class
_ANNOTATED_AS = {  # where the folders of annotations are called otherwise
    "Faces": "Faces_2",
    "Faces_easy": "Faces_3",
    "Motorbikes": "Motorbikes_16",
    "airplanes": "Airplanes_Side_2",
}
_NAMES = (
    "Faces Faces_easy Leopards Motorbikes accordion airplanes anchor ant barrel bass beaver binocular bonsai brain brontosaurus "
    "buddha butterfly camera cannon car_side ceiling_fan cellphone chair chandelier cougar_body cougar_face crab crayfish "
    "crocodile crocodile_head cup dalmatian dollar_bill dolphin dragonfly electric_guitar elephant emu euphonium ewer ferry "
    "flamingo flamingo_head garfield gerenuk gramophone grand_piano hawksbill headphone hedgehog helicopter ibis inline_skate "
    "joshua_tree kangaroo ketch lamp laptop llama lobster lotus mandolin mayfly menorah metronome minaret nautilus octopus okapi "
    "pagoda panda pigeon pizza platypus pyramid revolver rhino rooster saxophone schooner scissors scorpion sea_horse snoopy "
    "soccer_ball stapler starfish stegosaurus stop_sign strawberry sunflower tick trilobite umbrella watch water_lilly "
    "wheelchair wild_cat windsor_chair wrench yin_yang"
)
_CLASSES = tuple(_NAMES.split())
Plane = npt.NDArray[np.float64]
_ROWS, _COLUMNS = np.mgrid[0:_SIDE, 0:_SIDE] / ((_SIDE - 1) / 2) - 1


def make_caltech(folder: Path, seed: int) -> dict[str, int]:
    """Write the data set, pictures and outlines, and return how many pictures there are."""
    random = np.random.default_rng(seed)
    for name in (*_CLASSES, _BACKGROUND):
        pictures = folder / "101_ObjectCategories" / name
        outlines = folder / "Annotations" / _ANNOTATED_AS.get(name, name)
        pictures.mkdir(parents=True)
        is_class = name != _BACKGROUND
        if is_class:
            outlines.mkdir(parents=True)
        kind = _Kind(random)
        for number in range(1, (_EACH if is_class else 2) + 1):
            outline = kind.outline(random) if is_class else None
            _save_picture(pictures / f"image_{number:04d}.jpg", kind.picture(outline, random))
            if outline is not None:
                _save_outline(outlines / f"annotation_{number:04d}.mat", outline)
    return {"all": _EACH * len(_CLASSES)}


class _Kind:
    """What the pictures of one class have in common."""

    def __init__(self, random: np.random.Generator) -> None:
        self._waves = random.normal(0, 1, (2, 5)) * [0.1, 0.22, 0.18, 0.12, 0.1]  # of the outline, by their frequency
        self._stretch = random.uniform(0.6, 1.4)
        self._colours = random.uniform(0, 1, (2, 3))
        self._pattern = random.uniform(0, np.pi), random.uniform(4, 16)  # direction and frequency

    def outline(self, random: np.random.Generator) -> Plane:
        """Return the corners (2, 90), rows then columns from -1 to 1, of the figure in one picture."""
        angles = np.linspace(0, 2 * np.pi, 90, endpoint=False)
        waves = self._waves + random.normal(0, 0.02, self._waves.shape)
        orders = np.arange(1, waves.shape[1] + 1)[:, None]
        radius = np.clip(1 + waves[0] @ np.cos(orders * angles) + waves[1] @ np.sin(orders * angles), 0.25, 1.9)
        size, tilt, place = random.uniform(0.45, 0.65), random.normal(0, 0.12), random.normal(0, 0.08, (2, 1))
        corners = size * radius * np.stack([np.sin(angles), self._stretch * np.cos(angles)])
        turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
        return np.asarray(np.clip(turn @ corners + place, -1, 1))

    def picture(self, outline: Plane | None, random: np.random.Generator) -> Plane:
        """Return one picture (64, 64, 3), from 0 to 1; without an outline only background."""
        picture = _clutter(random)
        if outline is not None:
            direction, frequency = self._pattern
            along = _ROWS * np.sin(direction) + _COLUMNS * np.cos(direction)
            share = (0.5 + 0.5 * np.sin(frequency * along + random.uniform(0, 2 * np.pi)))[..., None]
            colours = np.clip(self._colours + random.normal(0, 0.06, (2, 3)), 0, 1)
            figure = share * colours[0] + (1 - share) * colours[1]
            picture = np.where(_inside(outline)[..., None], figure * random.uniform(0.75, 1.1), picture)
        return np.asarray(np.clip(picture + random.normal(0, 0.05, picture.shape), 0, 1))


def _clutter(random: np.random.Generator) -> Plane:
    """Return a background of soft patches of colour and a few hard ones."""
    small = random.uniform(0.3, 0.7, (5, 5, 3))
    rows = np.linspace(0, 4, _SIDE)
    low = np.minimum(rows.astype(int), 3)
    part = (rows - low)[:, None, None]
    tall = (1 - part) * small[low] + part * small[low + 1]
    part = (rows - low)[None, :, None]
    picture = (1 - part) * tall[:, low] + part * tall[:, low + 1]
    for _ in range(random.integers(1, 4)):
        top, left = random.integers(0, _SIDE - 8, 2)
        height, width = random.integers(6, 26, 2)
        picture[top : top + height, left : left + width] = random.uniform(0.1, 0.9, 3)
    return np.asarray(picture)


def _inside(outline: Plane) -> npt.NDArray[np.bool_]:
    from PIL import Image, ImageDraw

    mask = Image.new("1", (_SIDE, _SIDE))
    corners = (outline + 1) * ((_SIDE - 1) / 2)
    ImageDraw.Draw(mask).polygon([(float(column), float(row)) for row, column in corners.T], fill=1)
    return np.asarray(mask)


def _save_picture(path: Path, picture: Plane) -> None:
    from PIL import Image

    Image.fromarray((255 * picture).astype(np.uint8)).save(path, quality=85)


def _save_outline(path: Path, outline: Plane) -> None:
    from scipy.io import savemat

    corners = (outline[::-1] + 1) * ((_SIDE - 1) / 2)  # columns, then rows
    box = [corners[1].min(), corners[1].max(), corners[0].min(), corners[0].max()]
    savemat(path, {"obj_contour": corners, "box_coord": np.array([box])})
