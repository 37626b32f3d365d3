from app import relabel


def test_survive():
    once = relabel("正文", "1")
    twice = relabel(once, "2")
    assert twice.count("AIGC") == 1
    assert "正文" in twice
