"""The paper's model has the paper's number of parameters."""

import torch
from transformers import BertForMaskedLM

from core.balancing.architecture import architecture, fresh_model, parameters
from core.config.balance import ShapeConfig
from core.config.sweep import read_sweep
from core.jobs.sweep_plan import plan
from core.runs.environment import ROOT
from tests.balancing.balanced import texts, tiny

PAPER = ShapeConfig(
    vocabulary=50_000, layers=6, hidden=512, heads=4, ffn=3072, positions=128, dropout=0.1
)


def test_the_papers_model_has_51_193_168_parameters():
    with torch.device("meta"):
        model = BertForMaskedLM(architecture(PAPER, PAPER.vocabulary))
    assert parameters(model) == 51_193_168
    decoder = model.get_output_embeddings().weight
    assert decoder is model.get_input_embeddings().weight


def test_the_shipped_configuration_is_the_papers():
    file = ROOT / "cached_runs" / "sweeps" / "full-size-balance.toml"
    read_sweep(file)
    for one in plan(file):
        shape = {name: getattr(one.config, name) for name in ShapeConfig.model_fields}
        assert ShapeConfig(**shape) == PAPER.model_copy(update={"uncased": True})
        assert (one.config.batch, one.config.epochs, one.config.learning_rate) == (8, 10, 5e-5)


def test_equal_seeds_give_equal_weights():
    tokenizer = texts().tokenizer
    first, again, other = (fresh_model(tiny(), tokenizer, seed) for seed in (0, 0, 1))
    for name, value in first.state_dict().items():
        assert (value == again.state_dict()[name]).all()
    assert any((v != other.state_dict()[n]).any() for n, v in first.state_dict().items())
