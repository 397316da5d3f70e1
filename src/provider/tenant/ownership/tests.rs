use super::*;

fn id(name: &str) -> ObjectId {
    ObjectId::from(name)
}

fn create() -> Intent {
    Intent::Create { replaced: None }
}

fn replace(old: &str) -> Intent {
    Intent::Create {
        replaced: Some(id(old)),
    }
}

fn keep(object: &str) -> Intent {
    Intent::Keep(id(object))
}

fn destroy(object: &str) -> Intent {
    Intent::Destroy(id(object))
}

#[test]
fn two_objects_of_one_ccid_conflict_in_either_order_unless_both_stay_or_both_go() {
    use Conflict::{DestroysTheOther, SecondObject};
    for (one, other, expected) in [
        (create(), create(), Err(SecondObject)),
        (create(), keep("b"), Err(SecondObject)),
        (replace("a"), create(), Err(SecondObject)),
        (replace("a"), keep("b"), Err(SecondObject)),
        (replace("a"), replace("b"), Err(SecondObject)),
        (destroy("a"), create(), Err(DestroysTheOther)),
        (destroy("a"), keep("b"), Err(DestroysTheOther)),
        (destroy("a"), replace("b"), Err(DestroysTheOther)),
        (destroy("a"), destroy("b"), Ok(None)),
        (keep("a"), keep("b"), Ok(Some(Shared))),
    ] {
        for [first, second] in [[&one, &other], [&other, &one]] {
            let ownership = Ownership::default();
            ownership.begin_walk();
            assert_eq!(ownership.plan("t", first.clone()), Ok(None));
            let planned = ownership.plan("T", second.clone());
            assert_eq!(planned, expected, "{first:?} and then {second:?}");
            assert_eq!(ownership.plan("another", second.clone()), Ok(None));
            ownership.begin_walk();
            assert_eq!(ownership.plan("t", second.clone()), Ok(None));
        }
    }
}

#[test]
fn the_plans_of_one_object_never_conflict() {
    for plans in [
        // An update, also planned twice.
        vec![keep("a"), keep("a")],
        vec![keep("a"), destroy("a")],
        // -replace: an update first, and then a new object.
        vec![keep("a"), replace("a"), replace("a")],
        // A change of the ccid and back.
        vec![destroy("a"), replace("a")],
    ] {
        let ownership = Ownership::default();
        ownership.begin_walk();
        for plan in plans.clone() {
            assert_eq!(ownership.plan("t", plan), Ok(None), "{plans:?}");
        }
    }
}

#[test]
fn what_is_replaced_stays_no_longer() {
    let ownership = Ownership::default();
    ownership.begin_walk();
    assert_eq!(ownership.plan("t", keep("a")), Ok(None));
    assert_eq!(ownership.plan("t", keep("b")), Ok(Some(Shared)));
    assert_eq!(
        ownership.plan("t", replace("a")),
        Err(Conflict::SecondObject)
    );
}

#[test]
fn an_object_is_remembered_whatever_is_planned_after_it() {
    let ownership = Ownership::default();
    ownership.begin_walk();
    assert_eq!(ownership.plan("t", keep("a")), Ok(None));
    assert_eq!(ownership.plan("t", keep("b")), Ok(Some(Shared)));
    assert_eq!(
        ownership.plan("t", destroy("b")),
        Err(Conflict::DestroysTheOther)
    );
}

#[test]
fn a_plan_is_noted_up_to_what_conflicts_and_names_the_tenant() {
    use Conflict::SecondObject;
    let ownership = Ownership::default();
    ownership.begin_walk();
    for (intents, noted) in [
        (vec![("t", keep("a")), ("u", keep("c"))], Ok(None)),
        (vec![("t", keep("b")), ("u", keep("c"))], Ok(Some("t"))),
        (
            vec![("v", create()), ("t", create()), ("w", create())],
            Err((SecondObject, "t")),
        ),
        (vec![("v", create())], Err((SecondObject, "v"))),
        (vec![("w", create())], Ok(None)),
    ] {
        assert_eq!(ownership.note(intents.clone()), noted, "{intents:?}");
    }
}

#[tokio::test]
async fn a_destroy_after_a_newer_create_is_superseded() {
    let ownership = Ownership::default();
    assert_eq!(ownership.standing("T", &id("old")), Standing::Owner);
    ownership
        .turn("t")
        .await
        .provisioned(&id("new"), Effect::Created);
    for (object, standing) in [
        ("old", Standing::Superseded),
        ("", Standing::Superseded),
        ("new", Standing::Owner),
    ] {
        assert_eq!(ownership.standing("T", &id(object)), standing);
        let turn = ownership.turn("T").await;
        assert_eq!(turn.standing(&id(object)), standing);
    }
    ownership.begin_walk();
    assert_eq!(ownership.standing("T", &id("old")), Standing::Superseded);
    ownership.imported("T", &id("imported"));
    assert_eq!(ownership.standing("t", &id("new")), Standing::Owner);
    assert_eq!(ownership.standing("t", &id("imported")), Standing::Owner);
    assert_eq!(ownership.standing("t", &id("old")), Standing::Superseded);
    ownership.turn("t").await.deleted();
    ownership.imported("t", &id("imported"));
    assert_eq!(ownership.standing("t", &id("old")), Standing::Owner);
}

#[tokio::test]
async fn a_tenant_is_taken_once_it_is_provisioned_for_an_object_that_exists_and_in_that_walk_alone()
{
    let ownership = Ownership::default();
    let turn = ownership.turn("t").await;
    assert!(!turn.is_taken(None));
    turn.provisioned(&id("a"), Effect::NotCreated);
    assert!(!turn.is_taken(None));
    turn.provisioned(&id("a"), Effect::Created);
    assert!(turn.is_taken(None));
    assert!(turn.is_taken(Some(&id("b"))));
    assert!(!turn.is_taken(Some(&id("a"))));
    ownership.begin_walk();
    assert!(!turn.is_taken(None));
    turn.provisioned(&id("a"), Effect::Created);
    drop(turn);
    let turn = ownership.turn("T").await;
    assert!(turn.is_taken(None));
    turn.deleted();
    assert!(!turn.is_taken(None));
}

#[tokio::test]
async fn an_object_has_a_newer_one_where_that_was_created_in_the_same_walk() {
    let ownership = Ownership::default();
    ownership.begin_walk();
    let turn = ownership.turn("t").await;
    for (effect, has_newer) in [
        (Effect::Created, true),
        (Effect::NotCreated, false),
        (Effect::Updated, false),
    ] {
        turn.provisioned(&id("b"), effect);
        assert_eq!(turn.has_newer(&id("a")), has_newer, "{effect:?}");
        assert!(!turn.has_newer(&id("b")), "{effect:?}");
    }
    turn.provisioned(&id("b"), Effect::Created);
    ownership.begin_walk();
    assert!(!turn.has_newer(&id("a")));
}

#[tokio::test]
async fn an_object_that_comes_and_goes_leaves_no_trace() {
    let ownership = Ownership::default();
    ownership.begin_walk();
    for object in ["a", "b"] {
        assert_eq!(ownership.plan("t", create()), Ok(None));
        let turn = ownership.turn("t").await;
        assert!(!turn.is_taken(None));
        turn.provisioned(&id(object), Effect::Created);
        assert_eq!(ownership.plan("t", keep(object)), Ok(None));
        assert_eq!(ownership.plan("t", destroy(object)), Ok(None));
        assert_eq!(turn.standing(&id(object)), Standing::Owner);
        turn.deleted();
        ownership.forgotten("t", &id(object));
    }
    assert_eq!(ownership.plan("t", create()), Ok(None));
    ownership.not_created("T");
    assert_eq!(ownership.plan("t", create()), Ok(None));
}

#[test]
fn an_object_without_an_id_is_the_one_that_gets_it() {
    let ownership = Ownership::default();
    assert_eq!(ownership.plan("t", keep("")), Ok(None));
    ownership.identified("t", &id("a"));
    assert_eq!(ownership.plan("t", destroy("a")), Ok(None));
}

#[tokio::test]
async fn a_create_that_failed_leaves_other_objects_in_doubt_until_the_next_walk() {
    let ownership = Ownership::default();
    ownership
        .turn("t")
        .await
        .provisioned(&id("new"), Effect::NotCreated);
    assert_eq!(ownership.standing("T", &id("old")), Standing::InDoubt);
    ownership.begin_walk();
    assert_eq!(ownership.standing("T", &id("old")), Standing::Owner);
}

/// As `terraform test` from 1.13 on plans and applies with a provider that it configures once.
#[test]
fn a_walk_ends_where_deferral_is_allowed_or_no_longer() {
    let ownership = Ownership::default();
    ownership.begin_walk();
    let plan = |deferral_allowed, intent| {
        ownership.planned_in(deferral_allowed);
        ownership.plan("a", intent)
    };
    assert_eq!(plan(false, create()), Ok(None));
    assert_eq!(plan(false, create()), Err(Conflict::SecondObject));
    assert_eq!(plan(true, create()), Ok(None));
    assert_eq!(plan(true, create()), Err(Conflict::SecondObject));
    assert_eq!(plan(false, keep("b")), Ok(None));
    ownership.begin_walk();
    assert_eq!(plan(true, create()), Ok(None));
}
