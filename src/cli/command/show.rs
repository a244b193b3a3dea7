//! `portalctl show`: the documents, as written and as they are understood.

use crate::analysis::{Expanded, expand_object, expand_portal};
use crate::cli::context::Context;
use crate::cli::project::{load, load_valid};
use crate::cli::table::Table;
use crate::cli::{CliError, ExitCode, Format};
use crate::diagnostic::{Span, closest};
use crate::model::AccessModel;
use crate::spec::document::SpecSet;

/// Show the documents, one as written, or what they become
///
/// Without a name, lists every document with its place.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// Name one document, as in `object/case` or `portal/support`
    #[arg(value_name = "KIND/NAME")]
    name: Option<String>,

    /// Show what objects and portals become, each line with where it was written
    #[arg(long)]
    expanded: bool,

    /// Choose the format of what they become
    #[arg(long, value_name = "FORMAT", default_value = "text", requires = "expanded")]
    format: Format,
}

pub fn run(context: &Context, args: &ShowArgs) -> Result<ExitCode, CliError> {
    let text = if args.expanded {
        let (project, model) = load_valid(context)?;
        let all = expanded(&project.spec, &model, args.name.as_deref())?;
        match args.format {
            Format::Text => all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            Format::Json => format!("{:#}\n", serde_json::json!({ "documents": all })),
        }
    } else {
        let spec = load(context)?.spec;
        match args.name.as_deref() {
            Some(name) => written(&spec, find(&spec, name)?),
            None => list(&spec),
        }
    };
    context.terminal.data(&text)?;
    Ok(ExitCode::Done)
}

/// Every document by `kind/name`, in the order of the places.
fn documents(spec: &SpecSet) -> Vec<(String, Span)> {
    let mut all: Vec<(String, Span)> = Vec::new();
    all.extend(spec.project.iter().map(|doc| (format!("project/{}", doc.name.value), doc.span)));
    all.extend(spec.objects.iter().map(|doc| (format!("object/{}", doc.name.value), doc.span)));
    all.extend(spec.permission_sets.iter().map(|doc| (format!("permission_set/{}", doc.name.value), doc.span)));
    all.extend(spec.portals.iter().map(|doc| (format!("portal/{}", doc.name.value), doc.span)));
    all.extend(spec.pages.iter().map(|doc| (format!("page/{}", doc.name.value), doc.span)));
    all.extend(spec.modules.iter().map(|doc| (format!("module/{}", doc.name.value), doc.span)));
    all.extend(spec.types.iter().map(|doc| (format!("type/{}", doc.name.value), doc.span)));
    all.extend(spec.tenants.iter().map(|doc| (format!("tenant/{}", doc.name.value), doc.span)));
    all.sort_by_key(|(_, span)| *span);
    all
}

fn find(spec: &SpecSet, name: &str) -> Result<Span, CliError> {
    let all = documents(spec);
    if let Some((_, span)) = all.iter().find(|(known, _)| known == name) {
        return Ok(*span);
    }
    let error = CliError::usage(format!("there is no document `{name}`"));
    Err(match closest(name, all.iter().map(|(known, _)| known.as_str())) {
        Some(meant) => error.hint(format!("did you mean `{meant}`?")),
        None => error.hint("`portalctl show` lists them all"),
    })
}

fn list(spec: &SpecSet) -> String {
    let mut table = Table::default();
    for (name, span) in documents(spec) {
        let place = spec.sources.location(span);
        table.row([name.as_str(), &format!("{}:{}", place.file, place.line)]);
    }
    table.to_string()
}

fn written(spec: &SpecSet, span: Span) -> String {
    let text = &spec.sources.file(span.file).text;
    let own = text.get(span.start as usize..span.end as usize).unwrap_or_default();
    format!("{}\n", own.trim_end())
}

fn expanded(spec: &SpecSet, model: &AccessModel, name: Option<&str>) -> Result<Vec<Expanded>, CliError> {
    let objects =
        model.objects.values().map(|object| (format!("object/{}", object.name), expand_object(model, object)));
    let portals = model.portals.values().map(|portal| {
        let doc = spec.portals.iter().find(|doc| doc.name.value == portal.name);
        let expanded = expand_portal(model, portal);
        let written = doc.map_or(&[][..], |doc| &doc.written);
        (format!("portal/{}", portal.name), expanded.with_document(&spec.sources, written))
    });
    let mut all = objects.chain(portals);
    let Some(name) = name else { return Ok(all.map(|(_, expanded)| expanded).collect()) };
    if let Some((_, expanded)) = all.find(|(known, _)| known == name) {
        return Ok(vec![expanded]);
    }
    find(spec, name)?;
    let error = CliError::usage(format!("`{name}` becomes nothing of its own"));
    Err(error.hint("it is part of the portals that use it: `portalctl show --expanded portal/NAME`"))
}
