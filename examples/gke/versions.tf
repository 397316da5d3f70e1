terraform {
  required_version = ">= 1.11" # for write-only arguments

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 7.11" # for its ephemeral resources
    }

    helm = {
      source  = "hashicorp/helm"
      version = "~> 3.0" # for set_wo
    }

    iwd = {
      source  = "iwd/iwd"
      version = "~> 0.1"
    }

    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = "~> 3.2, >= 3.2.1" # data_wo failed before
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region
}

# A token of whoever runs Terraform, which reaches no state.
ephemeral "google_client_config" "this" {}

provider "kubernetes" {
  host                   = "https://${google_container_cluster.this.endpoint}"
  cluster_ca_certificate = base64decode(google_container_cluster.this.master_auth[0].cluster_ca_certificate)
  token                  = ephemeral.google_client_config.this.access_token
}

provider "helm" {
  kubernetes = {
    host                   = "https://${google_container_cluster.this.endpoint}"
    cluster_ca_certificate = base64decode(google_container_cluster.this.master_auth[0].cluster_ca_certificate)
    token                  = ephemeral.google_client_config.this.access_token
  }
}
