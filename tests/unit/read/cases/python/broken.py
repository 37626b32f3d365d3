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


class Service:
    def first(self):
        return self.client.create()

    @decorated
    def second(self
        print "x"

    def third(self):
        return other()


<<<<<<< HEAD
merged = ours()
=======
merged = theirs()
>>>>>>> branch


@app.get("/last")
async def last(): return await reply()
