{{- define "bookshop.pod" -}}
runAsNonRoot: true
runAsUser: 1000
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "bookshop.container" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
{{- end }}
