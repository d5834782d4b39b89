"""What stops a deployment: policy, limits, approvals and windows, as decisions on values. Pure.

Nothing is imported here: every verb reads the settings of gates, and few need more.

============== ====================================================================
`decision`     `decide`: all gates at once
`verdict`      `Verdict`, `require`, `waits`, `document`, `lines`
`settings`     `GateSettings`
`policy`       `rule`, `Rule`, `Review`, `Violation`: what rules are made of
`approvals`    `Approval`, `Approvers`; `owners` and `comment` say where they come from
`clock`        `Clock`
============== ====================================================================
"""
