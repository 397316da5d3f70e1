locals {
  namespaces = toset(["iwd", "iwddm"])
}

resource "kubernetes_namespace_v1" "this" {
  for_each = local.namespaces

  metadata {
    name = each.key
  }

  # Without nodes, nothing in it would come up, nor go.
  depends_on = [google_container_node_pool.this]
}

resource "kubernetes_secret_v1" "pull" {
  for_each = local.namespaces

  type = "kubernetes.io/dockerconfigjson"

  metadata {
    name      = "pullsecret"
    namespace = kubernetes_namespace_v1.this[each.key].metadata[0].name
  }

  data_wo = {
    ".dockerconfigjson" = ephemeral.google_secret_manager_secret_version.given["image-pull-secret"].secret_data
  }
  data_wo_revision = var.secrets_version
}

# First IWD, once Nexus is provisioned for the tenant.
resource "helm_release" "iwd" {
  name      = "iwd"
  namespace = kubernetes_namespace_v1.this["iwd"].metadata[0].name
  chart     = "${var.charts}/iwd"
  version   = var.chart_versions.iwd
  timeout   = 900

  values = [yamlencode({
    image = {
      registry    = var.image_registry
      repository  = "nexus/iwd"
      pullSecrets = [{ name = kubernetes_secret_v1.pull["iwd"].metadata[0].name }]
    }
    gauth         = { auth = { url = "http://gauth-auth.gauth", redirectUrl = "https://gauth.${var.domain}" } }
    gws           = { url = "http://gauth-auth.gauth", clientId = "iwd_client", apiKey = "None" }
    nexus         = { url = "http://nexus.nexus" }
    redis         = { nodes = var.redis_nodes, useCluster = true, enableTLS = false }
    elasticsearch = { host = var.elasticsearch_host, port = 9200 }
    iwd           = { db = { host = google_sql_database_instance.this.private_ip_address } }
  })]

  # As with `helm --set-string`, a backslash belongs before each backslash, comma and brace.
  set_wo = [
    for name, secret in {
      "gws.clientSecret" = "gws-client-secret"
      "nexus.apikey"     = "nexus-cluster-api-key"
      "redis.password"   = "redis-password"
    } :
    {
      name  = name
      type  = "string" # or Helm makes numbers and more of what looks so
      value = replace(ephemeral.google_secret_manager_secret_version.given[secret].secret_data, "/[\\\\,{]/", "\\$0")
    }
  ]
  # An upgrade without a higher number loses what set_wo has: see "Another chart, another value" of the README.
  set_wo_revision = var.secrets_version

  # IWD keeps connections to the tenant's database, so it has to go before that does.
  depends_on = [google_sql_database.this]
}

# IWD for what is outside the cluster, Terraform, unless it is reached otherwise.
resource "kubernetes_service_v1" "iwd" {
  count = var.iwd_endpoint == null ? 1 : 0

  metadata {
    name        = "iwd-internal"
    namespace   = kubernetes_namespace_v1.this["iwd"].metadata[0].name
    annotations = { "networking.gke.io/load-balancer-type" = "Internal" }
  }

  spec {
    type             = "LoadBalancer"
    load_balancer_ip = google_compute_address.iwd[0].address
    selector         = { servicename = "iwd" }

    port {
      port        = 4024
      target_port = 4024
    }
  }

  depends_on = [helm_release.iwd]
}

# Then the tenant (tenant.tf), and last IWD Data Mart, which gets the tenant's second key.
resource "kubernetes_secret_v1" "iwddm" {
  metadata {
    name      = "iwd-secrets-${var.tenant.short_id}"
    namespace = kubernetes_namespace_v1.this["iwddm"].metadata[0].name
  }

  data_wo = {
    IWDDM_API_KEY = ephemeral.google_secret_manager_secret_version.made["iwddm-api-key"].secret_data
  }
  data_wo_revision = var.secrets_version
}

resource "kubernetes_secret_v1" "gim" {
  metadata {
    name      = "gim-secrets-${var.tenant.short_id}"
    namespace = kubernetes_namespace_v1.this["iwddm"].metadata[0].name
  }

  data_wo = {
    "gim-secret.txt" = <<-EOT
      IWDDM_GIM_DBUSER=${var.gim.user}
      IWDDM_GIM_PASSWORD=${ephemeral.google_secret_manager_secret_version.given["gim-password"].secret_data}
      IWDDM_GIM_URL=jdbc:postgresql://${var.gim.host}:5432/${var.gim.database}
    EOT
  }
  data_wo_revision = var.secrets_version
}

resource "helm_release" "iwddm" {
  name      = "iwddm-${var.tenant.short_id}"
  namespace = kubernetes_namespace_v1.this["iwddm"].metadata[0].name
  chart     = "${var.charts}/iwddm-cronjob"
  version   = var.chart_versions.iwddm

  values = [yamlencode({
    image = {
      registry         = var.image_registry
      repository       = "iwddm/iwd_dm_cloud"
      imagePullSecrets = [{ name = kubernetes_secret_v1.pull["iwddm"].metadata[0].name }]
    }

    iwddm = {
      tenantId = var.tenant.short_id
      env      = { executionChain = "full", restUrl = "http://iwd.iwd.svc:4024/iwd/v3", gim = { enabled = true } }

      db = {
        createConfigmap = true
        host            = google_sql_database_instance.this.private_ip_address
        port            = 5432
        dbname          = google_sql_database.this["iwddm"].name
        user            = google_sql_user.this["iwddm"].name
        secret          = { enabled = true, secretName = "iwddm-db-secret-${var.tenant.short_id}" }
      }

      volumes = yamlencode([
        { name = "iwddm-db-secrets", secret = { secretName = "iwddm-db-secret-${var.tenant.short_id}" } },
        { name = "iwd-secrets", secret = { secretName = kubernetes_secret_v1.iwddm.metadata[0].name } },
        { name = "gim-secrets", secret = { secretName = kubernetes_secret_v1.gim.metadata[0].name } },
      ])

      volumeMounts = yamlencode([
        { name = "iwddm-db-secrets", readOnly = true, mountPath = "/mnt/env-secrets/db-secrets" },
        { name = "iwd-secrets", readOnly = true, mountPath = "/mnt/env-secrets/iwd-secrets" },
        { name = "gim-secrets", readOnly = true, mountPath = "/mnt/env-file-secrets/gim-secret" },
      ])
    }
  })]

  set_wo = [{
    name  = "iwddm.db.secret.password"
    value = ephemeral.google_secret_manager_secret_version.made["iwddm-db-password"].secret_data
  }]
  # An upgrade without a higher number loses what set_wo has: see "Another chart, another value" of the README.
  set_wo_revision = var.secrets_version

  depends_on = [iwd_tenant.this]
}
