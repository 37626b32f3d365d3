package shop.chat;

import static shop.Names.*;
import static shop.Names.FIRST;
import java.util.List;
import shop.models.*;

/** Not kept. */
@RestController @RequestMapping(value = {"/chat", "/talk"}, produces = "text/plain")
public abstract class Chat<T extends Model> extends Base<T> implements Replies, Counts<T, String> {
    public static final String PATH = "/v1" + "/chat";
    private static final Map<String, Model> MODELS = Map.of("a", new Model());
    @Autowired private List<Model> models, spare[];
    private final Client client = new Client.Builder().key("k").build();
    private Runnable later = () -> run();

    static { warm(); }
    { count = 1; }

    public Chat(@Qualifier("fast") final Model model, String... names) throws IOException {
        super(model);
        this.model = model;
    }

    @GetMapping("/{id}")
    protected synchronized Flux<String> reply(@PathVariable Long id, @RequestBody Map<String, List<Item>> body) { return ask(id); }

    abstract void todo();

    record Pair(int left, @Json("r") String right) { Pair { check(left); } }
    record Plain(String only) {}

    enum Kind implements Named {
        FAST("f") { void go() { fast(); } }, SLOW;
        Kind(String... names) {}
    }

    interface Inner extends A, B { default int one() { return 1; } int two(); }

    class Nested { Model used = MODELS.get(PATH); }
}

@interface Route {
    @AliasFor(annotation = RequestMapping.class, attribute = "path") String[] value() default {};
}
