class Flow {
    int all(Object o, List<String> xs) throws Exception {
        int a = 1, b;
        var c = call(a);
        a = b = 2;
        a += 3;
        a++;
        for (final String x : xs) { use(x); }
        for (int i = 0; i < 3; i++) { if (i == 1) continue; else break; }
        while (a > 0 && b > 0 || !done) a--;
        do { step(); } while (a != 0);
        try (Reader r = open(); shared) { read(r); } catch (IOException | Timeout e) { log(e); } finally { close(); }
        synchronized (this) { guarded(); }
        outer: for (;;) { break outer; }
        switch (a) { case 1: case 2: two(); break; default: other(); }
        String kind = switch (o) {
            case Text t when t.ok() -> t.name();
            case Pair(int left, var right) -> { yield join(left, right); }
            case null, default -> throw new IllegalStateException();
        };
        if (o instanceof Text t && t.ok()) { return 1; } else if (o instanceof Other) throw new Bad("x");
        assert a > 0 : "positive";
        class Local { void m() { inner(); } }
        return a > b ? a : b;
    }
}
