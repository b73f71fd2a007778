"""Gives a checkpoint more latent channels, so that its training goes on from what it knows.

    python widen.py --init W/start/kindred-mini.ckpt --config configs/kindred-mini-48.json --out W/wide.ckpt

Fills the networks of --config with a checkpoint that was trained with fewer channels. The first channels are what they
were. The decoder does not listen to the new ones yet (weights of zero, which learn), so it does what it did; the encoder has
yet to learn them. The U-Net does not listen to them either, but says a little of them, at random: with zeros at both ends
neither would ever have a gradient, and what it heard at random would drown what it knows. Of the U-Net's weights the averages
are taken, as a pack holds them.
"""

import argparse

import torch

import loop
import nets
from train_autoencoder import PREFIX as FIRST_STAGE
from train_unet import PREFIX as DENOISER
from train_unet import load_tensors

MOMENTS = ("encoder.conv_out", "quant_conv")  # their outputs are means, then log-variances
SPOKEN = "out.2"
SMALL = 0.3  # root mean square of what it begins with, in those of the weights beside it


def widened(name, old, new):
    """A tensor of the wider network: `old` where the channels are that were there before. For the others 1x1 convolutions
    hand on what they get, the encoder's and the U-Net's outputs begin at random, and all else is zero."""
    layer, kind = name.rsplit(".", 1)
    if old.shape == new.shape:
        return old
    if "quant_conv" in layer and kind == "weight":
        new = torch.eye(len(new))[:, :, None, None].repeat(1, 1, *new.shape[2:])
    elif layer == SPOKEN and kind == "weight":
        new = SMALL * old.square().mean().sqrt() * torch.randn(new.shape)
    elif layer != "encoder.conv_out":
        new = torch.zeros_like(new)
    rows = places(len(old), len(new), halves=layer in MOMENTS)
    if kind == "bias":
        return new.index_copy(0, rows, old)
    columns = places(old.shape[1], new.shape[1], halves=layer == "quant_conv")
    new[rows[:, None], columns] = old
    return new


def places(old, new, halves):
    """Which of `new` channels are the `old` ones: the first, or the first of each half."""
    if not halves:
        return torch.arange(old)
    return torch.cat([torch.arange(old // 2), new // 2 + torch.arange(old // 2)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--init", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--config", default=loop.HERE / "configs/kindred-mini.json")
    args = parser.parse_args()
    torch.manual_seed(0)
    config = nets.load_config(args.config)
    state = {}
    for prefix, net, old in (
        (DENOISER, nets.make_unet(config), load_tensors(args.init)),
        (FIRST_STAGE, nets.make_autoencoder(config), loop.load_state(args.init, FIRST_STAGE)),
    ):
        wide = {name: widened(name, old[name], value) for name, value in net.state_dict().items()}
        changed = sorted(name for name in wide if wide[name].shape != old[name].shape)
        net.load_state_dict(wide)
        state |= {prefix + name: value for name, value in wide.items()}
        print(f"{prefix}: {', '.join(changed)}")
    torch.save({"state_dict": state}, args.out)


if __name__ == "__main__":
    main()
