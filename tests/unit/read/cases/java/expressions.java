class Values {
    Object all() {
        String url = BASE + "/v1/" + id + '?' + 0x1F + 1_000L + 2.5f + -3;
        String block = """
            {
              "model": "\t\u4e2d"
            }""";
        Request request = new Request.Builder()
            .url(url)
            .post(body)
            .build();
        int sum = 1 + 2 + n;
        byte[] raw = new byte[4];
        String[][] table = {{"a"}, {b}};
        list.stream().map(Item::name).map(this::mark).map(Item[]::new).forEach(x -> send(x));
        BiFunction<A, B, C> f = (A x, B y) -> { return join(x, y); };
        client.on(new Listener<String>() {
            int seen = 0;
            @Override public void onText(String t) { send(t); }
        });
        T made = outer.new T();
        Class<?> k = Values.class;
        Object cast = (List<? extends Item>) items[i + 1];
        String s = String.format("%s/x%%%5.2f%n", base, 3);
        Object generic = Generic.<String>of(a).b;
        return this.field.name;
    }
}
