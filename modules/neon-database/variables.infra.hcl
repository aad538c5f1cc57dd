variable "name" {
  description = "What the project is called."
  type        = string
}

variable "region" {
  description = "Neon's region, as aws-eu-central-1."
  type        = string
  default     = "aws-eu-central-1"
}
