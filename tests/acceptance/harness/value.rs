//! Paths such as `iwd.db.port` into Terraform's JSON.

use super::Json;

/// The value at `path`; numbers in the path index lists.
pub fn at<'a>(value: &'a Json, path: &str) -> Option<&'a Json> {
    path.split('.').try_fold(value, |value, step| match value {
        Json::Array(items) => items.get(step.parse::<usize>().ok()?),
        value => value.get(step),
    })
}

/// Whether a map of marks (`after_unknown`, `after_sensitive`) marks `path`, itself or as part of something marked.
pub fn is_marked(marks: &Json, path: &str) -> bool {
    let mut marks = marks;
    for step in path.split('.') {
        if marks == &Json::Bool(true) {
            return true;
        }
        match at(marks, step) {
            Some(inner) => marks = inner,
            None => return false,
        }
    }
    marks == &Json::Bool(true)
}

/// The paths at which `before` differs from `after`, or `after` is unknown; sorted.
pub fn differences(before: &Json, after: &Json, unknown: &Json) -> Vec<String> {
    let mut paths = Vec::new();
    collect(&mut paths, "", before, after, unknown);
    paths.sort();
    paths
}

fn collect(paths: &mut Vec<String>, path: &str, before: &Json, after: &Json, unknown: &Json) {
    let (Some(old), Some(new)) = (before.as_object(), after.as_object()) else {
        if before != after || unknown == &Json::Bool(true) {
            paths.push(path.to_owned());
        }
        return;
    };
    let marks = unknown.as_object();
    let mut names: Vec<_> = old.keys().chain(new.keys()).collect();
    names.extend(marks.into_iter().flat_map(|marks| marks.keys()));
    names.sort();
    names.dedup();
    for name in names {
        let inner = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        collect(paths, &inner, &before[name], &after[name], &unknown[name]);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_name_the_innermost_attribute() {
        let before = json!({"name": "a", "db": {"port": 1, "host": "h"}, "gws": null, "id": "i"});
        let after = json!({"name": "a", "db": {"port": 2, "host": "h"}, "gws": {"url": "u"}});
        let unknown = json!({"id": true, "db": {}});
        let paths = differences(&before, &after, &unknown);
        assert_eq!(paths, ["db.port", "gws", "id"]);
    }

    #[test]
    fn a_mark_on_a_block_marks_what_is_in_it() {
        let marks = json!({"db": true, "gws": {"token": true, "url": false}});
        assert!(is_marked(&marks, "db.password"));
        assert!(is_marked(&marks, "gws.token"));
        assert!(!is_marked(&marks, "gws.url"));
        assert!(!is_marked(&marks, "gws"));
        assert!(!is_marked(&marks, "name"));
    }

    #[test]
    fn a_path_leads_through_objects_and_lists() {
        let value = json!({"blocks": [{"port": 5432}]});
        assert_eq!(at(&value, "blocks.0.port"), Some(&json!(5432)));
        assert_eq!(at(&value, "blocks.1.port"), None);
    }
}
