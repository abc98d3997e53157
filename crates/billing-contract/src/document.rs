//! The OpenAPI 3.1 document, made from the list of operations and the types. Every operation can end in the same errors,
//! so they are written once.

use std::collections::BTreeMap;

use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ComponentsBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, License, OpenApiBuilder, PathItem, PathsBuilder, Ref, RefOr, Required,
    ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use crate::{AFTER, Code, JSON, Method, Operation, PROBLEM_JSON, Problem, Route, VERSION, operations};

const ABOUT: &str = "What a utility's billing system serves, so that powerhall's backend can look up, post and balance. \
    Amounts are integer fen (CNY), days are Beijing's, instants are RFC 3339 with offset, errors are RFC 9457 problems \
    with a stable `code`. Unknown members are ignored; unknown values of open lists are to be survived. \
    A 422 is a final refusal, and money goes back to its payer because of it; every other error means that nothing is \
    known, and the same request comes again. docs/billing-contract.md explains it.";
const SECRET: &str = "secret";

/// The document as JSON.
#[must_use]
pub fn document() -> String {
    let mut draft = Draft::default();
    operations::describe(&mut draft);
    let json = draft.finish().to_pretty_json().unwrap_or_default();
    format!("{json}\n")
}

/// A document that is being written.
#[derive(Default)]
pub(crate) struct Draft {
    paths: PathsBuilder,
    schemas: BTreeMap<String, RefOr<Schema>>,
}

impl Draft {
    /// Adds an operation with its types.
    pub(crate) fn add<O>(&mut self)
    where
        O: Operation<Ask: ToSchema, Answer: ToSchema>,
    {
        let route = O::ROUTE;
        let mut operation = OperationBuilder::new()
            .operation_id(Some(route.name))
            .summary(Some(route.summary.trim()))
            .security(SecurityRequirement::new(SECRET, Vec::<String>::new()))
            .response("200", self.success::<O::Answer>());
        for part in route.parts() {
            let schema = if part == "key" { key() } else { day() };
            let parameter = ParameterBuilder::new().name(part).parameter_in(ParameterIn::Path);
            operation = operation.parameter(parameter.required(Required::True).schema(Some(schema)));
        }
        if route.path.starts_with("/v1/days/") {
            let parameter = ParameterBuilder::new().name(AFTER).parameter_in(ParameterIn::Query);
            let schema = ObjectBuilder::new().schema_type(Type::String).max_length(Some(200));
            operation = operation.parameter(
                parameter
                    .required(Required::False)
                    .description(Some("The `next` of the page before."))
                    .schema(Some(schema)),
            );
        }
        if route.asks {
            let content = ContentBuilder::new().schema(Some(self.reference::<O::Ask>())).build();
            let body = RequestBodyBuilder::new().content(JSON, content).required(Some(Required::True));
            operation = operation.request_body(Some(body.build()));
        }
        for (status, description) in errors(&route) {
            let content = ContentBuilder::new().schema(Some(self.reference::<Problem>())).build();
            let response = ResponseBuilder::new().description(description).content(PROBLEM_JSON, content);
            operation = operation.response(status, response.build());
        }
        let method = match route.method {
            Method::Get => HttpMethod::Get,
            Method::Post => HttpMethod::Post,
            Method::Put => HttpMethod::Put,
        };
        let paths = std::mem::take(&mut self.paths);
        self.paths = paths.path(route.path, PathItem::new(method, operation));
    }

    fn success<T: ToSchema>(&mut self) -> utoipa::openapi::Response {
        let content = ContentBuilder::new().schema(Some(self.reference::<T>())).build();
        ResponseBuilder::new().description("Definite.").content(JSON, content).build()
    }

    /// Keeps a type and everything it is made of, and names it.
    fn reference<T: ToSchema>(&mut self) -> Ref {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        self.schemas.extend(parts);
        self.schemas.insert(T::name().into_owned(), <T as PartialSchema>::schema());
        Ref::from_schema_name(T::name())
    }

    fn finish(self) -> utoipa::openapi::OpenApi {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The backend's secret: 16 to 256 visible ASCII characters."))
            .build();
        let components = ComponentsBuilder::new()
            .schemas_from_iter(self.schemas)
            .security_scheme(SECRET, SecurityScheme::Http(scheme))
            .build();
        let mut license = License::new("MIT OR Apache-2.0");
        license.identifier = Some("MIT OR Apache-2.0".to_owned());
        let info = InfoBuilder::new()
            .title("powerhall billing contract")
            .version(VERSION)
            .description(Some(ABOUT))
            .license(Some(license))
            .build();
        OpenApiBuilder::new().info(info).paths(self.paths.build()).components(Some(components)).build()
    }
}

fn key() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[A-Za-z0-9_-]{1,64}$"))
}

fn day() -> ObjectBuilder {
    let format = utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Date);
    ObjectBuilder::new().schema_type(Type::String).format(Some(format))
}

/// The errors of an operation, with their codes.
fn errors(route: &Route) -> BTreeMap<String, String> {
    let possible = Code::ALL.iter().filter(|code| match code {
        Code::KeyReused => route.name == "post",
        Code::TooLarge | Code::UnsupportedMediaType => route.asks,
        // Of a server as such, not of this path.
        Code::NotFound | Code::MethodNotAllowed => false,
        code if code.is_refusal() => route.refuses.contains(code),
        _ => true,
    });
    let mut errors: BTreeMap<String, String> = BTreeMap::new();
    for code in possible {
        let line = format!("`{}`: {}", code.name(), code.meaning().trim());
        let text = errors.entry(code.status().to_string()).or_default();
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&line);
    }
    if let Some(text) = errors.get_mut("422") {
        text.insert_str(0, "Refused for good.\n");
    }
    errors
}
