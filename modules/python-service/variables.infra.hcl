variable "name" {
  description = "What the service, its user and its folders are called."
  type        = string
}

variable "machines" {
  description = "The hosts that it runs on, by name: whole host_machine objects."
  type        = any
}

variable "vcpus" {
  description = "How many processors each host has, by name."
  type        = map(number)
}

variable "files" {
  description = "The application's files: their texts by path below its folder."
  type        = map(string)
}

variable "requirements" {
  description = "What pip installs, as in requirements.txt; with gunicorn, and uvicorn for its workers."
  type        = string
}

variable "application" {
  description = "The ASGI application, as main:app."
  type        = string
  default     = "main:app"
}

variable "worker_class" {
  description = "Of which kind gunicorn's workers are; `gthread` for a WSGI application with threads."
  type        = string
  default     = "uvicorn_worker.UvicornWorker"
}

variable "environment" {
  description = "Environment variables; WEB_CONCURRENCY, WEB_THREADS and GUNICORN_TIMEOUT override what is worked out here."
  type        = map(string)
  default     = {}

  validation {
    condition     = nonsensitive(alltrue([for name, value in var.environment : name != "WEB_CONCURRENCY" || can(regex("^[1-9][0-9]*$", value))]))
    error_message = "WEB_CONCURRENCY is how many workers a host has: a whole number from 1 on."
  }
}

variable "shared" {
  description = "What all workers on all hosts have together, as { POOL = 90 }: each is told its part of it, in whole numbers."
  type        = map(number)
  default     = {}
}

variable "port" {
  description = "Where it listens."
  type        = number
  default     = 8000
}

variable "health" {
  description = "The path that answers well while it can serve."
  type        = string
  default     = "/healthz"
}

variable "io_bound" {
  description = "Whether it mostly waits for others: then four workers a processor, else two and one more."
  type        = bool
  default     = false
}

variable "threads" {
  description = "Threads a worker, where its class has any: uvicorn's does all in one."
  type        = number
  default     = 1
}

variable "timeout" {
  description = "After how many silent seconds a worker is started anew."
  type        = number
  default     = 30
}

variable "graceful_timeout" {
  description = "How many seconds a worker has to end what it has begun."
  type        = number
  default     = 30
}

variable "migration" {
  description = "The SQL that the administrator runs for each text of it and each database; empty for none. `:\"app\"` is the application's role. Another first host runs it again: a second run must do no harm."
  type        = string
  default     = ""
}

variable "migrates_on" {
  description = "Which of `machines` migrates for all; null for the first by name, which another may become."
  type        = string
  default     = null
}

variable "admin_url" {
  description = "The database as its administrator."
  type        = string
  default     = ""
  sensitive   = true
}

variable "role" {
  description = "The application's role in the database."
  type        = string
  default     = "app"
}
