"""What the record says about the device."""

import torch

from core.models.device import Device


def test_each_kind_of_device_has_a_name():
    assert Device(torch.device("cpu"), torch.float32).describe()["device"] == "CPU"
    assert "MPS" in Device(torch.device("mps"), torch.float32).describe()["device"]
