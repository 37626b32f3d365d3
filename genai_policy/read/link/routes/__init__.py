"""Routes and other entry points, one module per style of framework."""

from __future__ import annotations

from genai_policy.read.link.infer import Inference
from genai_policy.read.link.project import ProjectTexts
from genai_policy.read.link.routes.django import find_django_routes
from genai_policy.read.link.routes.ecmascript_files import find_file_routes
from genai_policy.read.link.routes.entries import find_entries
from genai_policy.read.link.routes.fastify_autoload import prefix_loaded_plugins
from genai_policy.read.link.routes.found import Found
from genai_policy.read.link.routes.go_tables import find_go_tables
from genai_policy.read.link.routes.gorilla import find_gorilla_methods
from genai_policy.read.link.routes.jaxrs import find_annotated_routes
from genai_policy.read.link.routes.nest import find_nest_routes
from genai_policy.read.link.routes.routers import find_router_routes
from genai_policy.read.link.routes.spring import find_spring_routes
from genai_policy.read.link.routes.spring_filters import find_spring_filters
from genai_policy.read.link.routes.tables import find_table_routes


def find_all(inference: Inference, project: ProjectTexts) -> Found:
    """Run every finder over the program."""
    found = Found()
    find_router_routes(inference, found)
    prefix_loaded_plugins(inference, found)
    find_gorilla_methods(inference, found)
    find_go_tables(inference, found)
    find_table_routes(inference, found)
    find_django_routes(inference, found)
    find_file_routes(inference, found)
    find_nest_routes(inference, found)
    find_spring_routes(inference, found, project)
    find_spring_filters(inference, found)
    find_annotated_routes(inference, found, project)
    find_entries(inference, found)
    return found
