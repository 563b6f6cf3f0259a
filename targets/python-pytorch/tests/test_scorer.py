import numpy as np
from safetensors.torch import save_file

from scorer import RankNet, Scorer


def test_scores_are_those_of_the_network_in_float64(tmp_path):
    weights = RankNet().state_dict()
    save_file(weights, tmp_path / "model.safetensors")
    rows = np.random.default_rng(7).uniform(-1, 1, (20, 40)).astype(np.float32)

    w = {name: values.double().numpy() for name, values in weights.items()}
    hidden = np.maximum(rows @ w["fc1.weight"].T + w["fc1.bias"], 0)
    hidden = np.maximum(hidden @ w["fc2.weight"].T + w["fc2.bias"], 0)
    expected = 1 / (1 + np.exp(-(hidden @ w["fc3.weight"].T + w["fc3.bias"])))

    scores = Scorer(tmp_path / "model.safetensors", threads=1).score(rows)
    np.testing.assert_allclose(scores, expected[:, 0], atol=1e-6)
