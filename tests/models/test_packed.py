import pytest

torch = pytest.importorskip("torch")

from tamis.models.packed import SMALLEST, PackedLinear, pack  # noqa: E402


def net():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(96, 128), torch.nn.GELU(), torch.nn.Linear(128, SMALLEST - 1))


@pytest.mark.parametrize("shape", [(96,), (1, 96), (2, 7, 96), (1, 513, 96)])
def test_packed_layers_say_the_same(shape):
    plain, packed = net().eval(), net().eval()
    pack(packed)
    x = torch.randn(shape)
    with torch.inference_mode():
        torch.testing.assert_close(packed(x), plain(x), rtol=1e-4, atol=1e-5)


def test_small_layers_and_other_types_stay():
    model = net()
    count = pack(model)
    assert count in (0, 1)  # 0 where this build of torch has no oneDNN
    assert isinstance(model[2], torch.nn.Linear)
    assert not isinstance(model[2], PackedLinear)
    assert pack(net().bfloat16()) == 0


def test_layers_that_keep_the_transpose():
    from transformers.pytorch_utils import Conv1D

    model = torch.nn.Sequential(Conv1D(192, 64), Conv1D(96, 192)).eval()
    x = torch.randn(2, 7, 64)
    with torch.inference_mode():
        expected = model(x)
        assert pack(model) in (0, 2)
        torch.testing.assert_close(model(x), expected, rtol=1e-4, atol=1e-5)


def test_layers_without_bias():
    model = torch.nn.Sequential(torch.nn.Linear(64, 64, bias=False))
    x = torch.randn(3, 64)
    with torch.inference_mode():
        expected = model(x)
        pack(model)
        torch.testing.assert_close(model(x), expected, rtol=1e-4, atol=1e-5)
