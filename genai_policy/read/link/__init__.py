"""From per-file representations to linked facts: routes, generation sites, call edges, generation paths, gaps."""
