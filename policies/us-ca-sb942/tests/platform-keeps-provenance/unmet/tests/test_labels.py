from app import relabel


def test_survive():
    relabel("正文", "1")
