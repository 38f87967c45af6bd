"""An edit: the picture that was given, in another light and another hand, so that it can still be recognised."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from .canvas import Canvas
from .colour import Palette, mix
from .land import birds, lamp, snowfall, stars, stipple
from .scenes.meadow import flowers
from .words import best, said

Style = Callable[[Image.Image, Palette], Image.Image]


def retouch(
    canvas: Canvas,
    pictures: tuple[bytes, ...],
    prompt: str,
    index: int,
    palette: Palette,
    shared: random.Random,
    dice: random.Random,
) -> str:
    """Paint the edit onto the canvas. Returns the name of the style."""
    base = fitted(pictures[0], canvas.w, canvas.h)
    named = best({name: words for name, (_, words) in STYLES.items()}, said(prompt))
    styles = named or tuple(shared.sample(tuple(STYLES), len(STYLES)))
    style = styles[index % len(styles)]
    canvas.image.paste(STYLES[style][0](base, palette))
    _light(canvas, palette, dice, style)
    for rank, extra in enumerate(pictures[1:4]):
        _card(canvas, extra, rank, dice)
    return style


def fitted(data: bytes, width: int, height: int) -> Image.Image:
    """A file as RGB, upright, cut to these sides around its middle; what is transparent becomes white."""
    with Image.open(io.BytesIO(data)) as opened:
        opened.draft("RGB", (width, height))
        return ImageOps.fit(upright(opened), (width, height), Image.Resampling.BICUBIC)


def upright(opened: Image.Image) -> Image.Image:
    """A picture as RGB, turned as it is meant to be seen; what is transparent becomes white."""
    image = ImageOps.exif_transpose(opened)
    if image.mode in ("RGBA", "LA", "P", "PA"):
        layered = image.convert("RGBA")
        flat = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        image = Image.alpha_composite(flat, layered)
    return image.convert("RGB")


def _tinted(image: Image.Image, palette: Palette, share: float) -> Image.Image:
    """The picture in the palette's colours by its brightness, mixed with its own."""
    tones = ImageOps.colorize(ImageOps.grayscale(image), palette.near, palette.light, palette.sky[-2])
    return Image.blend(image, tones, share)


def _lines(image: Image.Image, strength: float) -> Image.Image:
    """Outlines as dark on white, L."""
    grey = ImageOps.grayscale(image).filter(ImageFilter.GaussianBlur(max(1.0, image.width / 900)))
    edges = grey.filter(ImageFilter.Kernel((3, 3), (-1, -1, -1, -1, 8, -1, -1, -1, -1), 1))
    return edges.point([255 - min(255, round(max(0, v - 5) * strength)) for v in range(256)])


def _watercolour(image: Image.Image, palette: Palette) -> Image.Image:
    small = image.resize((max(8, image.width // 4), max(8, image.height // 4)), Image.Resampling.BOX)
    flat = small.filter(ImageFilter.MedianFilter(3)).quantize(26, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    vivid = ImageEnhance.Color(ImageEnhance.Brightness(flat.convert("RGB")).enhance(1.15)).enhance(1.3)
    pale = Image.blend(vivid.filter(ImageFilter.MedianFilter(3)), Image.new("RGB", small.size, palette.light), 0.12)
    washed = Image.blend(pale.resize(image.size, Image.Resampling.BICUBIC), image, 0.22)
    rough = random.Random("paper").randbytes(256 * 256)  # noqa: S311
    paper = Image.frombytes("L", (256, 256), rough).point([232 + v // 11 for v in range(256)])
    grain = ImageChops.multiply(_lines(image, 5), paper.resize(image.size, Image.Resampling.BILINEAR))
    return ImageChops.multiply(washed, ImageOps.colorize(grain, palette.near, (255, 255, 255)))


def _nocturne(image: Image.Image, palette: Palette) -> Image.Image:
    night = ImageOps.colorize(
        ImageOps.grayscale(image), (4, 6, 24), palette.light, mix(palette.sky[1], (30, 60, 130), 0.55), midpoint=150
    )
    return Image.blend(ImageEnhance.Brightness(image).enhance(0.5), night, 0.68)


def _poster(image: Image.Image, palette: Palette) -> Image.Image:
    tones = [
        palette.near,
        mix(palette.near, palette.sky[1], 0.7),
        palette.sky[2],
        palette.accent,
        palette.second,
        palette.light,
    ]
    grey = ImageOps.autocontrast(
        ImageOps.grayscale(image).filter(ImageFilter.GaussianBlur(image.width / 260)), cutoff=1
    )
    step = 256 / len(tones)
    bands = [
        grey.point([tones[min(int(v / step), len(tones) - 1)][channel] for v in range(256)]) for channel in range(3)
    ]
    return Image.blend(Image.merge("RGB", bands), image, 0.12)


def _sketch(image: Image.Image, palette: Palette) -> Image.Image:
    paper = mix(palette.light, (255, 252, 244), 0.6)
    ink = mix(palette.near, (20, 20, 30), 0.4)
    drawn = ImageOps.colorize(_lines(image, 16), ink, paper)
    wash = Image.blend(
        image.filter(ImageFilter.BoxBlur(image.width / 120)), Image.new("RGB", image.size, (255, 255, 255)), 0.6
    )
    return ImageChops.multiply(drawn, Image.blend(Image.new("RGB", image.size, (255, 255, 255)), wash, 0.7))


def _golden(image: Image.Image, _: Palette) -> Image.Image:
    warm = ImageOps.colorize(ImageOps.grayscale(image), (54, 22, 26), (255, 240, 205), (226, 132, 66))
    return ImageEnhance.Contrast(Image.blend(image, warm, 0.55)).enhance(1.08)


def _winter(image: Image.Image, _: Palette) -> Image.Image:
    cold = ImageOps.colorize(ImageOps.grayscale(image), (22, 40, 74), (255, 255, 255), (138, 172, 206))
    return ImageEnhance.Brightness(Image.blend(image, cold, 0.62)).enhance(1.06)


def _noir(image: Image.Image, _: Palette) -> Image.Image:
    grey = ImageOps.autocontrast(ImageOps.grayscale(image), cutoff=2)
    return ImageEnhance.Contrast(ImageOps.colorize(grey, (10, 10, 14), (250, 247, 240))).enhance(1.15)


def _in_palette(image: Image.Image, palette: Palette) -> Image.Image:
    return ImageEnhance.Contrast(_tinted(image, palette, 0.62)).enhance(1.1)


STYLES: dict[str, tuple[Style, str]] = {
    "watercolour": (
        _watercolour,
        "watercolor watercolour ghibli anime paint painting painted pastel soft oil impressionist brush",
    ),
    "nocturne": (_nocturne, "night dark moon midnight moonlight star starry neon cyberpunk bioluminescent"),
    "poster": (_poster, "poster pop comic vector flat cartoon graphic screenprint warhol print illustration"),
    "golden hour": (_golden, "sunset warm golden gold autumn vintage retro sepia evening sun summer dawn"),
    "winter": (_winter, "winter snow snowy cold ice icy frost christmas blue"),
    "sketch": (_sketch, "sketch pencil ink drawing line drawn charcoal lineart"),
    "duotone": (_in_palette, "duotone colour color palette synthwave purple pink violet"),
    "noir": (_noir, "noir monochrome grayscale greyscale black white film"),
}
"""Name -> how it is done, and the words that ask for it."""


def _light(canvas: Canvas, palette: Palette, dice: random.Random, style: str) -> None:
    """What the style adds to the picture."""
    w, h, u = canvas.w, canvas.h, canvas.u
    x, y = w * dice.choice((0.16, 0.84)), h * 0.16
    if style == "nocturne":
        stars(canvas, dice, palette, 0.55, 120)
        lamp(canvas, dice, palette, x, y, u * 0.055)
    elif style == "golden hour":
        canvas.glow(x, y, u * 0.8, (255, 214, 140), 0.6)
        stipple(canvas, dice, palette.light, 0, h * 0.8, 500)
        birds(canvas, dice, (70, 34, 30), w - x, h * 0.2, 5)
    elif style == "winter":
        snowfall(canvas, dice)
    elif style in ("watercolour", "duotone"):
        canvas.glow(x, y, u * 0.6, palette.light, 0.35)
        flowers(canvas, palette, dice, 0.72, 16)


def _card(canvas: Canvas, data: bytes, rank: int, dice: random.Random) -> None:
    """A further picture, laid on as a print with a white edge."""
    side = round(canvas.u * 0.2)
    edge = max(2, side // 18)
    card = Image.new("RGBA", (side + 2 * edge, round(side * 1.16) + 2 * edge), (252, 250, 245, 255))
    card.paste(fitted(data, side, side), (edge, edge))
    turned = card.rotate(dice.uniform(-9, 9), Image.Resampling.BICUBIC, expand=True)
    x = canvas.w - round(canvas.u * 0.04) - turned.width - round(rank * side * 1.12)
    y = canvas.h - round(canvas.u * 0.05) - turned.height
    shadow = turned.getchannel("A").filter(ImageFilter.GaussianBlur(edge))
    canvas.paste(shadow, (0, 0, 0), x + edge, y + edge, 0.4)
    canvas.image.paste(turned, (x, y), turned)
