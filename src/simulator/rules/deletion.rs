//! What the query of a `DELETE` asks for.

use super::Problem;

/// A service that IWD records for a tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::simulator) enum Service {
    Gapi,
    Iwd,
    IwdEmail,
}

impl Service {
    const ALL: [Self; 3] = [Self::Gapi, Self::Iwd, Self::IwdEmail];

    /// Its name in the API. That `GAPI` can be named in a `DELETE` is the simulator's own: the
    /// documentation's example names the other two.
    pub(in crate::simulator) fn name(self) -> &'static str {
        match self {
            Self::Gapi => "GAPI",
            Self::Iwd => "iWD",
            Self::IwdEmail => "iWDEmail",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }
}

/// What a `DELETE` removes.
#[derive(PartialEq, Eq, Debug)]
pub(in crate::simulator) enum Deletion {
    /// All services, all API keys and the tenant.
    Tenant,
    /// The named services only.
    Services(Vec<Service>),
}

/// Reads the query of a `DELETE`: `deleteTenant=true`, which takes everything, or `service=` with
/// names separated by commas.
pub(in crate::simulator) fn deletion(query: &str) -> Result<Deletion, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut services: Option<Vec<Service>> = None;
    let mut tenant: Option<bool> = None;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "service" if services.is_none() => {
                let found: Option<Vec<Service>> = value.split(',').map(Service::named).collect();
                if found.is_none() {
                    let names = Service::ALL.map(Service::name).join(", ");
                    let expected = format!("one or more of {names}, separated by commas");
                    problems.push(Problem::wrong("service", expected));
                }
                services = Some(found.unwrap_or_default());
            }
            "deleteTenant" if tenant.is_none() => {
                let parsed = value.parse();
                if parsed.is_err() {
                    problems.push(Problem::wrong("deleteTenant", "true or false"));
                }
                tenant = Some(parsed.unwrap_or_default());
            }
            "service" | "deleteTenant" => problems.push(Problem::wrong(&name, "given once")),
            _ => problems.push(Problem::Unknown(name.into_owned())),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    match (tenant, services) {
        (Some(true), _) => Ok(Deletion::Tenant),
        (_, Some(services)) => Ok(Deletion::Services(services)),
        // `deleteTenant=false` alone asks for nothing.
        (_, None) => Err(["service", "deleteTenant"]
            .map(|name| Problem::Missing(name.to_owned()))
            .to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delete_tenant_takes_everything_whatever_services_are_named() {
        assert_eq!(deletion("deleteTenant=true"), Ok(Deletion::Tenant));
        assert_eq!(
            deletion("service=iWD&deleteTenant=true"),
            Ok(Deletion::Tenant)
        );
    }

    #[test]
    fn services_are_one_value_separated_by_commas_encoded_or_not() {
        let both = || Ok(Deletion::Services(vec![Service::Iwd, Service::IwdEmail]));
        assert_eq!(deletion("service=iWD,iWDEmail"), both());
        assert_eq!(
            deletion("service=iWD%2CiWDEmail&deleteTenant=false"),
            both()
        );
        assert_eq!(
            deletion("service=GAPI"),
            Ok(Deletion::Services(vec![Service::Gapi]))
        );
    }

    #[test]
    fn a_delete_that_asks_for_nothing_names_both_parameters() {
        for query in ["", "deleteTenant=false"] {
            let problems = deletion(query).unwrap_err();
            let named: Vec<&str> = problems.iter().map(Problem::parameter).collect();
            assert_eq!(named, ["service", "deleteTenant"], "{query}");
        }
    }

    #[test]
    fn a_delete_with_other_values_or_names_is_refused() {
        for (query, parameter) in [
            ("service=", "service"),
            ("service=iwd", "service"),
            ("service=iWD,", "service"),
            ("service=iWD&service=iWDEmail", "service"),
            ("deleteTenant", "deleteTenant"),
            ("deleteTenant=yes", "deleteTenant"),
            ("deleteTenant=true&delete=all", "delete"),
        ] {
            let problems = deletion(query).unwrap_err();
            let named: Vec<&str> = problems.iter().map(Problem::parameter).collect();
            assert_eq!(named, [parameter], "{query}");
        }
    }
}
