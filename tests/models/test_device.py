"""What the record says about the device."""

import torch

from core.config import EngineConfig
from core.models.device import Device, pick_device


def test_each_kind_of_device_has_a_name():
    assert Device(torch.device("cpu"), torch.float32).describe()["device"] == "CPU"
    assert "MPS" in Device(torch.device("mps"), torch.float32).describe()["device"]


def test_threads_are_as_many_as_the_config_says():
    before = torch.get_num_threads()
    try:
        assert pick_device(EngineConfig(device="cpu", threads=1)).describe()["threads"] == 1
        pick_device(EngineConfig(device="cpu"))
        assert torch.get_num_threads() == 1, "unset leaves them"
    finally:
        torch.set_num_threads(before)
