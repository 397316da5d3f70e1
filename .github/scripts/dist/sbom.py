"""The bill of materials of an archive, in CycloneDX 1.6."""

import datetime
import tomllib
import uuid

import project


def bill(binary, platform, packages):
    lock = tomllib.loads((project.ROOT / "Cargo.lock").read_text())["package"]
    checksums = {(package["name"], package["version"]): package.get("checksum") for package in lock}
    components = [component(package, checksums) for package in packages]
    own = [one for one in components if one["name"] == project.PROVIDER]
    others = [one for one in components if one["name"] != project.PROVIDER]
    time = datetime.datetime.fromtimestamp(project.epoch(), datetime.timezone.utc)
    subject = own[0] | {
        "type": "application",
        "name": binary,
        "properties": [
            {"name": "target", "value": platform.target},
            {"name": "commit", "value": project.commit()},
        ],
    }
    identity = f"{binary} {project.version()} {project.commit()} {platform.target}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, identity)}",
        "version": 1,
        "metadata": {"timestamp": time.isoformat().replace("+00:00", "Z"), "component": subject},
        "components": others,
        "dependencies": dependencies(binary, platform, packages),
    }


def component(package, checksums):
    one = {
        "type": "library",
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "purl": reference(package),
        # Before there was OR, manifests wrote a slash.
        "licenses": [{"expression": package["license"].replace(" / ", " OR ").replace("/", " OR ")}],
    }
    if checksum := checksums[package["name"], package["version"]]:
        one["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return one


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def dependencies(binary, platform, packages):
    """Which package uses which, among those that are in the binary."""
    nodes = project.metadata(f"--filter-platform={platform.target}", *project.features(binary))["resolve"]["nodes"]
    references = {package["id"]: reference(package) for package in packages}
    return [
        {
            "ref": references[node["id"]],
            "dependsOn": sorted(
                references[use["pkg"]]
                for use in node["deps"]
                if use["pkg"] in references and any(kind["kind"] is None for kind in use["dep_kinds"])
            ),
        }
        for node in nodes
        if node["id"] in references
    ]


def check(bill, packages):
    """Ends the release unless the bill names every package with its checksum, and everything that it refers to."""
    named = {(one["name"], one["version"]) for one in bill["components"]}
    wanted = {(one["name"], one["version"]) for one in packages if one["name"] != project.PROVIDER}
    assert named == wanted, f"the bill of materials lacks {wanted - named}, and has {named - wanted} too many"
    assert all(one.get("hashes") for one in bill["components"]), "a package has no checksum"
    known = {one["bom-ref"] for one in [bill["metadata"]["component"], *bill["components"]]}
    used = {name for one in bill["dependencies"] for name in [one["ref"], *one["dependsOn"]]}
    assert used == known, f"references that lead nowhere or are not used: {used ^ known}"
