"""The service manifest as a set of strict tables. Names and values are those of TOML, with a description for whoever writes one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from genai_policy.load.fields import Count, Day, SetOf, Strict, Told

Region = Literal["cn-mainland", "hk", "mo", "tw", "eu", "us", "us-ca", "kr", "jp", "vn", "in", "other"]
Gate = Literal["commit", "pull-request", "release"]


class Declared(Strict):
    """A table of facts. Who declared it, when and why may stand in each, so that a reviewer can ask."""

    declared_by: Told | None = Field(None, description="Who declared the facts of this table (a person or role).")
    declared_on: Day | None = Field(None, description="The day on which the facts of this table were declared or last confirmed.")
    reason: Told | None = Field(None, description="Why the facts of this table are as declared; read by reviewers.")


class ServiceTable(Declared):
    """What the service is, whom it reaches and where."""

    name: Told | None = Field(None, description="The service's name in reports; the folder's name when absent.")
    stage: Literal["development", "internal-test", "closed-test", "public-beta", "live", "terminating", "terminated"] | None = Field(
        None, description="Where in its life the service stands."
    )
    public_since: Day | None = Field(None, description="The first day on which outsiders could use the service.")
    ended_on: Day | None = Field(None, description="The day on which the service ended.")
    reach: SetOf[Literal["own-staff", "named-testers", "enterprise-customers", "registered-public", "anonymous-public"]] | None = Field(
        None, description="Everybody who can use the service."
    )
    regions: SetOf[Region] | None = Field(
        None,
        description="Where the service is offered. cn-mainland is mainland China, us-ca California, `other` any place without a name here.",
    )
    geo_control: Literal["none", "declared-only", "enforced"] | None = Field(
        None, description="Whether users outside `regions` are kept out: not at all, by the terms only, or by a technical control."
    )
    channels: SetOf[Literal["web", "app", "mini-program", "api", "device", "batch-files"]] | None = Field(
        None, description="Through what the service is used."
    )


class ProviderTable(Declared):
    """Who runs the service."""

    roles: (
        SetOf[
            Literal[
                "service-provider",
                "model-supplier",
                "technical-supporter",
                "dissemination-platform",
                "app-store",
                "professional-user",
            ]
        ]
        | None
    ) = Field(None, description="Every role the organisation has towards this service.")
    seat: Literal["mainland", "mainland-foreign-invested", "outside-mainland"] | None = Field(
        None, description="Where the organisation is established, and whether foreign capital is in it."
    )


class FileKind(Declared):
    """A kind of file the service writes."""

    format: Told | None = Field(None, description='The file format, for example "png" or "mp4".')
    reaches_user: bool | None = Field(None, description="Whether files of this kind can leave the service towards a user.")


class OutputTable(Declared):
    """What the service puts out."""

    generative: bool | None = Field(None, description="Whether the service generates content (a classifier does not).")
    modalities: SetOf[Literal["text", "image", "audio", "video", "virtual-scene"]] | None = Field(
        None, description="What is generated; text includes code."
    )
    confusable_kinds: SetOf[Literal["dialogue-or-writing", "voice", "face-or-body", "immersive-scene", "other-significant"]] | None = Field(
        None, description="Output that the public could take for human or real. [] when there is none."
    )
    files: list[FileKind] | None = Field(None, description="The kinds of files that are written. [] when there are none.")
    export: SetOf[Literal["none", "copy", "download", "share", "api-bytes"]] | None = Field(
        None, description="How users can take output away."
    )
    unlabelled_on_request: bool | None = Field(None, description="Whether a user can ask for output without a visible label.")


class Model(Declared):
    """One model behind the service."""

    id: Told | None = Field(None, description="A name for the model, unique in this manifest.")
    version: Told | None = Field(None, description="The model's version.")
    origin: Literal["own-pretrained", "tuned-open-weights", "tuned-third-party", "third-party-unmodified"] | None = Field(
        None, description="Where the weights come from, and whether they were changed."
    )
    access: Literal["self-hosted", "api"] | None = Field(None, description="Whether the model runs here or is called elsewhere.")
    filing_no: Told | None = Field(None, description="The filing number of the model itself, as its supplier publishes it.")
    region_of_inference: Region | None = Field(None, description="Where the model runs.")


class TrainingTable(Declared):
    """What is trained, and on what."""

    activities: SetOf[Literal["pretraining", "tuning", "preference", "user-input-reuse"]] | None = Field(
        None, description="The training that is done here or on this organisation's behalf. [] when there is none."
    )
    personal_info: Literal["none", "present", "unknown"] | None = Field(None, description="Personal information in training data.")
    third_party_ip: Literal["none", "present", "unknown"] | None = Field(None, description="Other people's works in training data.")


class AnnotationTable(Declared):
    """How training data is annotated."""

    human: bool | None = Field(None, description="Whether people label or rate data.")


class AccountsTable(Declared):
    """How users become known."""

    registration: Literal["none", "optional", "required"] | None = Field(None, description="Whether users can or must register.")


class PersonalInfoTable(Declared):
    """Personal information that the service handles."""

    processed: bool | None = Field(None, description="Whether personal information of users or others is processed.")
    sensitive: bool | None = Field(None, description="Whether sensitive personal information is processed.")
    under_14: bool | None = Field(None, description="Whether personal information of children under fourteen is processed.")
    shared_out: bool | None = Field(None, description="Whether personal information goes to others, model suppliers included.")
    cross_border: bool | None = Field(None, description="Whether personal information leaves mainland China.")
    headcount: Literal["<100k", "100k-1m", "1m-10m", ">10m"] | None = Field(
        None, description="Of how many people personal information is processed."
    )


class InputsTable(Declared):
    """What users send in, and how long it is kept."""

    retained: bool | None = Field(None, description="Whether prompts, uploads or usage records are kept.")
    identifiable: bool | None = Field(None, description="Whether what is kept can be linked to a person.")
    days: Count | None = Field(None, description="For how many days they are kept at most.")
    legal_basis: Told | None = Field(None, description='The ground for keeping them, for example "contract" or "consent".')


class MinorsTable(Declared):
    """Users under eighteen."""

    access: Literal["targeted", "possible", "blocked-by-verified-control"] | None = Field(
        None, description="Whether minors are addressed, can get in, or are kept out by a control that was verified."
    )
    mass_platform: bool | None = Field(
        None, description="Whether the service is a platform with very many users who are minors, or marked influence on them."
    )


class OpinionTable(Declared):
    """Whether the service can shape public opinion or mobilise people."""

    features: (
        SetOf[
            Literal[
                "forum",
                "blog",
                "chat-room",
                "group",
                "public-account",
                "short-video",
                "live",
                "sharing",
                "mini-program",
                "other-expression-channel",
                "mobilisation",
            ]
        ]
        | None
    ) = Field(None, description="Functions through which users can address the public. [] when there is none.")
    declared: Literal["yes", "no", "undetermined"] | None = Field(
        None, description='The organisation\'s own judgement. "no" needs a `reason` and empty `features`.'
    )


class Licence(Declared):
    """A licence the organisation holds for this service."""

    kind: Told | None = Field(None, description="What the licence is for.")
    number: Told | None = Field(None, description="Its number.")
    expires: Day | None = Field(None, description="Its last day.")


class CompanionshipTable(Declared):
    """Whether the service plays a companion."""

    kind: Literal["none", "sustained-emotional"] | None = Field(None, description="Whether it offers sustained emotional interaction.")
    registered: Count | None = Field(None, description="How many users have registered.")
    mau: Count | None = Field(None, description="How many users are active in a month.")


class AlgorithmFiling(Declared):
    """One algorithm filing."""

    number: Told | None = Field(None, description="The filing number as published.")
    filed_on: Day | None = Field(None, description="The day of filing.")
    snapshot: Told | None = Field(None, description="A file with what was filed, relative to this manifest.")


class ModelFiling(Declared):
    """The filing of the service's own model."""

    number: Told | None = Field(None, description="The filing number as published.")


class Registration(Declared):
    """The registration of an application that calls a filed model."""

    launch_number: Told | None = Field(None, description="The launch number as published.")


class Assessment(Declared):
    """The security assessment."""

    date: Day | None = Field(None, description="The day of the report.")
    model_version: Told | None = Field(None, description="The model version that was assessed.")


class FilingsTable(Declared):
    """Filings that were made."""

    algorithm: list[AlgorithmFiling] | None = Field(None, description="Algorithm filings, one table each.")
    model: ModelFiling | None = Field(None, description="The model filing.")
    registration: Registration | None = Field(None, description="The registration of an application on a filed model.")
    assessment: Assessment | None = Field(None, description="The security assessment.")


Sector = Literal[
    "none",
    "news",
    "publishing",
    "film-tv",
    "online-audiovisual",
    "literature-art",
    "medical",
    "finance",
    "education",
    "government",
    "map",
]


class Facts(Declared):
    """Every fact a manifest can declare. What is not declared is unknown."""

    service: ServiceTable | None = Field(None, description="What the service is, whom it reaches and where.")
    provider: ProviderTable | None = Field(None, description="Who runs the service.")
    output: OutputTable | None = Field(None, description="What the service puts out.")
    models: list[Model] | None = Field(None, description="The models behind the service, one table each.")
    training: TrainingTable | None = Field(None, description="What is trained, and on what.")
    annotation: AnnotationTable | None = Field(None, description="How training data is annotated.")
    accounts: AccountsTable | None = Field(None, description="How users become known.")
    personal_info: PersonalInfoTable | None = Field(None, description="Personal information that the service handles.")
    inputs: InputsTable | None = Field(None, description="What users send in, and how long it is kept.")
    minors: MinorsTable | None = Field(None, description="Users under eighteen.")
    opinion: OpinionTable | None = Field(None, description="Whether the service can shape public opinion or mobilise people.")
    user_publication: bool | None = Field(None, description="Whether users publish to others inside the service.")
    biometric_editing: bool | None = Field(None, description="Whether faces or voices of real people can be edited or made.")
    sectors: SetOf[Sector] | None = Field(None, description='Regulated sectors the service works in; ["none"] when in none of them.')
    licences: list[Licence] | None = Field(None, description="Licences that are held. [] when there are none.")
    companionship: CompanionshipTable | None = Field(None, description="Whether the service plays a companion.")
    personalised_push: bool | None = Field(None, description="Whether content is chosen or ordered for each user.")
    filings: FilingsTable | None = Field(None, description="Filings that were made.")


class WaiversPolicy(Declared):
    """What may be waived, and how much."""

    most: Count | None = Field(None, description="How many waivers there may be, those in code included; 10 when absent.")
    in_code: Literal["never", "before-release", "always"] | None = Field(
        None, description="Where comments in code may waive what is not mandatory: at every gate short of release when absent."
    )


class PolicyTable(Declared):
    """How strictly this service is judged."""

    packs: Annotated[Any, WithJsonSchema({"oneOf": [{"const": "auto"}, {"type": "array", "items": {"type": "string"}}]})] = Field(
        "auto", description='The packs to judge by, or "auto": those whose instrument can concern the service.'
    )
    as_of: Day | None = Field(None, description="The day on which the service is judged; `--as-of` overrules it.")
    gate: Gate | None = Field(None, description="The gate to use when the command line names none.")
    severity: dict[str, Literal["error", "warning", "note"]] | None = Field(
        None, description="How loudly an unmet obligation is reported, by obligation id. Only errors close the gate."
    )
    tolerate: dict[Gate, SetOf[Literal["undetermined", "review", "gaps"]]] | None = Field(
        None, description="What each gate lets pass although it could not be settled."
    )
    include: list[Told] | None = Field(None, description="Globs of files to read although they would be left out.")
    exclude: list[Told] | None = Field(None, description="Globs of files to leave out.")
    waivers: WaiversPolicy | None = Field(None, description="How far waivers may go.")


class Attest(Declared):
    """A statement by a person. It names a control, or an obligation it settles."""

    control: Told | None = Field(None, description="The control that the statement is about.")
    obligation: Told | None = Field(None, description="The obligation that the statement is about.")
    applies: bool | None = Field(None, description="With `obligation`: whether it binds the service. Settles a review.")
    by: Told = Field(description="The person who says so, with role or address.")
    on: Day = Field(description="The day of the statement.")
    expires: Day = Field(description="The last day on which the statement counts.")
    reason: Told = Field(description="What was checked, and how.")
    document: Told | None = Field(None, description="A file that backs the statement, relative to this manifest.")


class Link(Declared):
    """A call that no reader can see, declared by a person."""

    from_: Told = Field(description="The function that calls, written like a hook.")
    to: Told = Field(description="The function that is called, written like a hook.")
    reason: Told = Field(description="Why the call happens (a registry, a message queue, generated code).")


class Manifest(Facts):
    """genai-service.toml: what a generative service is, and where its code meets each duty."""

    schema_: Literal[1] = Field(description="The format of this file: 1.")
    implements: Annotated[dict[str, Any] | None, WithJsonSchema({"type": "object"})] = Field(
        None, description="Control id -> where the code meets it. A claim; the check looks for the proof."
    )
    policy: PolicyTable | None = Field(None, description="How strictly this service is judged.")
    attest: list[Attest] | None = Field(None, description="What only a person can say, one table each.")
    link: list[Link] | None = Field(None, description="Calls that no reader can see, one table each.")
