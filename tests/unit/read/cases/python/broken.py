import good


def before():
    return call_one()


def damaged(:
    x = call_two(
    return x


def after():
    return call_three()

class Half(
    pass
