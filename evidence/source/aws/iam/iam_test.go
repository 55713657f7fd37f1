package iam

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws/awstest"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// The header and the line of root are as AWS documents them, with a column that
// AWS added since.
const header = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active," +
	"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," +
	"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service," +
	"cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated,additional_credentials_info\n"

const (
	rootLine = "<root_account>,arn:aws:iam::123456789012:root,2025-08-02T12:00:00+00:00,not_supported,2026-05-01T10:00:00+00:00,not_supported,not_supported,true," +
		"true,2025-09-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A,\n"
	anaLine = "ana.example,arn:aws:iam::123456789012:user/ana.example,2025-10-01T00:00:00+00:00,true,no_information,2025-10-01T00:00:00+00:00,N/A,true," +
		"false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,true,2025-11-01T00:00:00+00:00,false,N/A,\n"
	toolLine = "tool,arn:aws:iam::123456789012:user/tool,2025-10-01T00:00:00+00:00,false,N/A,N/A,N/A,false," +
		"false,2025-10-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A,\n"
)

func reportOf(made, lines string) string {
	return "<R><GetCredentialReportResult><Content>" + base64.StdEncoding.EncodeToString([]byte(lines)) +
		"</Content><ReportFormat>text/csv</ReportFormat><GeneratedTime>" + made + "</GeneratedTime></GetCredentialReportResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></R>"
}

func state(s string) string {
	return "<R><GenerateCredentialReportResult><State>" + s + "</State></GenerateCredentialReportResult></R>"
}

func detailsOf(marker, body string) string {
	more := "<IsTruncated>false</IsTruncated>"
	if marker != "" {
		more = "<IsTruncated>true</IsTruncated><Marker>" + marker + "</Marker>"
	}
	return "<R><GetAccountAuthorizationDetailsResult>" + more + body + "</GetAccountAuthorizationDetailsResult></R>"
}

const (
	anaUser = `<UserDetailList><member><UserName>ana.example</UserName><Arn>arn:aws:iam::123456789012:user/ana.example</Arn><CreateDate>2025-10-01T00:00:00Z</CreateDate>
		<GroupList><member>admins</member></GroupList></member></UserDetailList>`
	toolUser = `<UserDetailList><member><UserName>tool</UserName><Arn>arn:aws:iam::123456789012:user/tool</Arn><CreateDate>2025-10-01T00:00:00Z</CreateDate>
		<UserPolicyList><member><PolicyName>deny</PolicyName><PolicyDocument>%7B%22Statement%22%3A%7B%22Effect%22%3A%22Deny%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D</PolicyDocument></member></UserPolicyList>
		<AttachedManagedPolicies><member><PolicyName>gone</PolicyName><PolicyArn>arn:aws:iam::123456789012:policy/gone</PolicyArn></member></AttachedManagedPolicies></member></UserDetailList>`
	roles = `<RoleDetailList><member><RoleName>job</RoleName><Arn>arn:aws:iam::123456789012:role/job</Arn><CreateDate>2025-10-01T00:00:00Z</CreateDate>
		<AssumeRolePolicyDocument>%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D</AssumeRolePolicyDocument>
		<RoleLastUsed><LastUsedDate>2026-07-01T00:00:00Z</LastUsedDate><Region>us-east-1</Region></RoleLastUsed></member></RoleDetailList>`
	policies = `<GroupDetailList><member><GroupName>admins</GroupName><Arn>arn:aws:iam::123456789012:group/admins</Arn>
		<AttachedManagedPolicies><member><PolicyName>AdministratorAccess</PolicyName><PolicyArn>arn:aws:iam::aws:policy/AdministratorAccess</PolicyArn></member></AttachedManagedPolicies></member></GroupDetailList>
		<Policies><member><PolicyName>AdministratorAccess</PolicyName><Arn>arn:aws:iam::aws:policy/AdministratorAccess</Arn><PolicyVersionList>
		<member><Document>%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D</Document><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion></member>
		</PolicyVersionList></member></Policies>`
)

const key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd"

func replica(t *testing.T) *awstest.Replica {
	r := awstest.NewReplica(t, map[string][]string{
		"GenerateCredentialReport": {state("STARTED"), state("INPROGRESS"), state("COMPLETE")},
		"GetCredentialReport":      {reportOf("2026-07-06T07:30:00Z", header+rootLine+anaLine+toolLine)},
		"GetAccountSummary": {`<R><GetAccountSummaryResult><SummaryMap><entry><key>Users</key><value>2</value></entry><entry><key>AccountMFAEnabled</key><value>1</value></entry>
			<entry><key>AccountAccessKeysPresent</key><value>1</value></entry></SummaryMap></GetAccountSummaryResult></R>`},
		"GetAccountPasswordPolicy": {awstest.Problem(404, "NoSuchEntity")},
		"ListVirtualMFADevices":    {`<R><ListVirtualMFADevicesResult><IsTruncated>false</IsTruncated><VirtualMFADevices/></ListVirtualMFADevicesResult></R>`},
		"ListMFADevices":           {`<R><ListMFADevicesResult><IsTruncated>false</IsTruncated><MFADevices><member><SerialNumber>arn:aws:iam::123456789012:u2f/user/ana.example/key-A</SerialNumber></member></MFADevices></ListMFADevicesResult></R>`},
		"ListAccessKeys":           {`<R><ListAccessKeysResult><IsTruncated>false</IsTruncated></ListAccessKeysResult></R>`},
		"GetAccessKeyLastUsed":     {`<R><GetAccessKeyLastUsedResult><AccessKeyLastUsed><ServiceName>N/A</ServiceName><Region>N/A</Region></AccessKeyLastUsed></GetAccessKeyLastUsedResult></R>`},
		"ListKeys":                 {`{"Keys":[{"KeyArn":"` + key + `"}],"Truncated":false}`},
		"DescribeKey":              {`{"KeyMetadata":{"Arn":"` + key + `","KeyManager":"CUSTOMER","KeySpec":"SYMMETRIC_DEFAULT","KeyState":"Enabled","Origin":"AWS_KMS","CreationDate":1.75e9}}`},
		"GetKeyRotationStatus":     {`{"KeyRotationEnabled":true,"RotationPeriodInDays":365,"NextRotationDate":1.79e9}`},
		"ListKeyRotations":         {`{"Rotations":[{"RotationDate":1.751e9},{"RotationDate":1.755e9}],"Truncated":false}`},
		"GetKeyPolicy":             {`{"Policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}"}`},
		"ListGrants":               {`{"Grants":[{"GranteePrincipal":"arn:aws:iam::123456789012:role/job"}],"Truncated":false}`},
	})
	r.Before = func(action string, form url.Values) string {
		if action == "ListAccessKeys" && form.Get("UserName") == "tool" {
			return `<R><ListAccessKeysResult><IsTruncated>false</IsTruncated><AccessKeyMetadata><member><UserName>tool</UserName><AccessKeyId>AKIAI44QH8DHBEXAMPLE</AccessKeyId><Status>Inactive</Status><CreateDate>2025-10-01T00:00:00Z</CreateDate></member></AccessKeyMetadata></ListAccessKeysResult></R>`
		}
		if action != "GetAccountAuthorizationDetails" {
			return ""
		}
		switch form.Get("Filter.member.1") + form.Get("Marker") {
		case "User":
			return detailsOf("next", anaUser)
		case "Usernext":
			return detailsOf("", toolUser)
		case "Role":
			return detailsOf("", roles)
		}
		return detailsOf("", policies)
	}
	return r
}

// swift makes the collector wait for nothing, and counts how long it would have.
func swift(waited *time.Duration) func(source.Collector) {
	return func(c source.Collector) {
		c.(*collector).account.Sleep = func(ctx context.Context, d time.Duration) error {
			if waited != nil {
				*waited += d
			}
			return ctx.Err()
		}
	}
}

func pullFrom(t *testing.T, r *awstest.Replica, rest string) awstest.Pulled {
	t.Helper()
	return awstest.Pull(t, spec(t), r.Config("aws-iam", rest), awstest.Secrets, swift(nil))
}

func TestContract(t *testing.T) {
	r := replica(t)
	r.Answers["GenerateCredentialReport"] = []string{state("COMPLETE")}
	rest := `, tags: {email: email, worker_id: worker, component_id: component, storage: storage, owner_id: owner}`
	sourcetest.Run(t, spec(t), sourcetest.Fixture{
		Config: r.Config("aws-iam", rest), Dir: t.TempDir(), Secret: awstest.Secrets, Rows: 4 + 3 + 3 + 1 + 3,
	})
}

func TestWhoThereIsAndWhatTheyMayDo(t *testing.T) {
	t.Parallel()
	r := replica(t)
	p := pullFrom(t, r, "")
	if p.Error != "" || p.Principal != "arn:aws:iam::123456789012:user/reader" {
		t.Fatal(p.Error, p.Principal)
	}
	made, _ := evidence.ParseInstant("2026-07-06T07:30:00Z")
	root := p.Find(t, "principal", "principal_id", "arn:aws:iam::123456789012:root")
	if root.Text("principal_kind") != "human" || root.Value("mfa_enrolled") != true || root.Value("mfa_phishing_resistant") != nil || root.ObservedAt != made || !root.AsOfStated {
		t.Errorf("root: %v missing %v", root.Values, root.Missing)
	}
	ana := p.Find(t, "principal", "principal_id", "arn:aws:iam::123456789012:user/ana.example")
	if ana.Text("status") != "active" || ana.Value("last_login_at") != nil || slices.Contains(ana.Missing, "last_login_at") || ana.Value("mfa_phishing_resistant") != true {
		t.Errorf("ana: %v missing %v", ana.Values, ana.Missing)
	}
	tool := p.Find(t, "principal", "principal_id", "arn:aws:iam::123456789012:user/tool")
	if tool.Value("principal_kind") != nil || !slices.Equal(tool.Missing, []string{"disabled_at", "status"}) || tool.Value("mfa_phishing_resistant") != false {
		t.Errorf("tool: %v missing %v", tool.Values, tool.Missing)
	}
	job := p.Find(t, "principal", "principal_id", "arn:aws:iam::123456789012:role/job")
	if job.Text("principal_kind") != "service" || job.Value("last_login_at") == nil {
		t.Errorf("job: %v", job.Values)
	}
	admin := p.Find(t, "grant", "role", "AdministratorAccess")
	if admin.Value("privileged") != true || admin.Text("resource_id") != "123456789012" || !strings.Contains(admin.Text("grant_id"), " via arn:aws:iam::123456789012:group/admins ") {
		t.Errorf("admin: %v", admin.Values)
	}
	gone := p.Find(t, "grant", "role", "gone")
	if gone.Value("privileged") != nil || !slices.Equal(gone.Missing, []string{"privileged"}) {
		t.Errorf("gone: %v missing %v", gone.Values, gone.Missing)
	}
	if p.Find(t, "vendor_setting", "setting", "password_policy").Text("value") != "none" {
		t.Error("no rules for passwords are a fact")
	}
	c := p.Find(t, "credential", "credential_id", "AKIAI44QH8DHBEXAMPLE")
	if c.Text("status") != "inactive" || c.Value("last_used_at") != nil || !slices.Equal(c.Missing, []string{"ended_at"}) {
		t.Errorf("key: %v missing %v", c.Values, c.Missing)
	}
	k := p.Find(t, "kms_key", "key_id", key)
	admins, _ := k.Value("admin_ids").([]string)
	users, _ := k.Value("user_ids").([]string)
	if k.Value("rotation_enabled") != true || k.Value("last_rotated_at") != evidence.Instant(1.755e15) || len(k.Missing) > 0 && !slices.Equal(k.Missing, []string{"admin_ids", "user_ids"}) {
		t.Errorf("key: %v missing %v, %v %v", k.Values, k.Missing, admins, users)
	}
	if got := p.Lost(evidence.GapPermission) + p.Lost(evidence.GapPullFailed) + p.Lost(evidence.GapCountMismatch); got != "" {
		t.Error(got)
	}
}

func TestOnlyWhatThePolicyNamesIsAsked(t *testing.T) {
	t.Parallel()
	r := replica(t)
	pullFrom(t, r, "")
	policy := spec(t).Access[len(spec(t).Access)-1]
	for _, a := range r.Asked() {
		if a != "GetCallerIdentity" && !strings.Contains(policy, `:`+a+`"`) {
			t.Errorf("%s is asked and not in the policy", a)
		}
	}
	for _, word := range []string{"Create", "Delete", "Put", "Update", "Attach", "Disable", "Enable", "Schedule", "AssumeRole"} {
		if strings.Contains(policy, ":"+word) {
			t.Errorf("the policy lets it %s", word)
		}
	}
}

func TestReportsAreMadeWaitedForAndDated(t *testing.T) {
	t.Parallel()
	crowd := awstest.Problem(409, "LimitExceeded")
	busy := awstest.Problem(400, "Throttling")
	for name, c := range map[string]struct {
		generate, get []string
		failed        string // the columns that are lost, of principal
		least         time.Duration
	}{
		"a crowd passes":         {[]string{crowd, crowd, state("COMPLETE")}, nil, "", 30 * time.Second},
		"throttled":              {[]string{busy, busy, state("COMPLETE")}, nil, "", 0},
		"an old one in a crowd":  {[]string{crowd}, []string{reportOf("2026-07-01T00:00:00Z", header+rootLine+anaLine+toolLine)}, "principal " + strings.Join(sorted(fromReport), ","), 150 * time.Second},
		"a young one in a crowd": {[]string{crowd}, nil, "", 150 * time.Second},
		"expired meanwhile":      {[]string{state("COMPLETE")}, []string{awstest.Problem(410, "ReportExpired"), reportOf("2026-07-06T07:30:00Z", header+rootLine+anaLine+toolLine)}, "", 0},
		"in progress":            {[]string{state("COMPLETE")}, []string{awstest.Problem(404, "ReportInProgress"), reportOf("2026-07-06T07:30:00Z", header+rootLine+anaLine+toolLine)}, "", 0},
		"never":                  {[]string{state("STARTED")}, []string{awstest.Problem(410, "ReportNotPresent")}, "credential last_used_at; principal " + strings.Join(fromReport, ","), 2 * time.Minute},
		"cut off":                {[]string{state("COMPLETE")}, []string{reportOf("2026-07-06T07:30:00Z", header+"ana.example,arn")}, "credential last_used_at; principal " + strings.Join(fromReport, ","), 0},
		"no time":                {[]string{state("COMPLETE")}, []string{reportOf("", header)}, "credential last_used_at; principal " + strings.Join(fromReport, ","), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := replica(t)
			r.Answers["GenerateCredentialReport"] = c.generate
			if c.get != nil {
				r.Answers["GetCredentialReport"] = c.get
			}
			var waited time.Duration
			p := awstest.Pull(t, spec(t), r.Config("aws-iam", ""), awstest.Secrets, swift(&waited))
			if got := p.Lost(evidence.GapPullFailed); norm(got) != norm(c.failed) || waited < c.least || p.Error != "" {
				t.Errorf("%q, want %q; waited %s; %s", got, c.failed, waited, p.Error)
			}
			if u := p.Find(t, "principal", "principal_id", "arn:aws:iam::123456789012:user/ana.example"); strings.HasPrefix(c.failed, "credential") && !slices.Contains(u.Missing, "mfa_enrolled") {
				t.Errorf("without a report the second factor became %v", u.Value("mfa_enrolled"))
			}
		})
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// norm puts the columns of a list of gaps in order.
func norm(gaps string) string {
	parts := strings.Split(gaps, "; ")
	for i, p := range parts {
		kind, columns, _ := strings.Cut(p, " ")
		parts[i] = kind + " " + strings.Join(sorted(strings.Split(columns, ",")), ",")
	}
	return strings.Join(sorted(parts), "; ")
}

func TestOddAnswersNeverLeadToAShorterList(t *testing.T) {
	t.Parallel()
	everything := "credential; grant; principal"
	for name, c := range map[string]struct {
		action, answer string
		reason         evidence.GapReason
		want           string
	}{
		"denied":             {"GetAccountAuthorizationDetails", awstest.Problem(403, "AccessDenied"), evidence.GapPermission, everything},
		"401":                {"GetAccountAuthorizationDetails", "401 ", evidence.GapPermission, everything},
		"denied with 400":    {"ListKeys", `400 {"__type":"AccessDeniedException","Message":"no"}`, evidence.GapPermission, "kms_key"},
		"one key is closed":  {"DescribeKey", `400 {"__type":"com.amazonaws.kms#AccessDeniedException"}`, evidence.GapPermission, "kms_key"},
		"no word of keys":    {"ListAccessKeys", awstest.Problem(403, "AccessDenied"), evidence.GapPermission, "credential"},
		"factors are closed": {"ListMFADevices", awstest.Problem(403, "AccessDenied"), evidence.GapPermission, "principal mfa_phishing_resistant"},
		"a token again":      {"GetAccountAuthorizationDetails", detailsOf("again", ""), evidence.GapTruncated, everything},
		"more, and not where": {"GetAccountAuthorizationDetails", "<R><GetAccountAuthorizationDetailsResult><IsTruncated>true</IsTruncated></GetAccountAuthorizationDetailsResult></R>",
			evidence.GapTruncated, everything},
		"keys without end": {"ListKeys", `{"Keys":[],"Truncated":true,"NextMarker":"again"}`, evidence.GapTruncated, "kms_key"},
		"a cut body":       {"GetAccountAuthorizationDetails", "cut", evidence.GapTruncated, everything},
		"not XML":          {"GetAccountAuthorizationDetails", "{}", evidence.GapPullFailed, "credential; grant; kms_key; principal; vendor_setting"},
		"two answers":      {"GetAccountSummary", "<R></R><R></R>", evidence.GapPullFailed, "credential; grant; kms_key; principal; vendor_setting"},
		"500 for ever":     {"GetAccountSummary", "500 ", evidence.GapPullFailed, "credential; grant; kms_key; principal; vendor_setting"},
		"a wrong clock":    {"GetCallerIdentity", awstest.Problem(403, "RequestTimeTooSkewed"), evidence.GapPullFailed, "credential; grant; kms_key; principal; vendor_setting"},
		"a stale signature": {"GetCallerIdentity", "403 <ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: 20260706T090000Z is now earlier than 20260706T091500Z</Message></Error></ErrorResponse>",
			evidence.GapPullFailed, "credential; grant; kms_key; principal; vendor_setting"},
		"a key that is no key": {"GetCallerIdentity", awstest.Problem(403, "InvalidClientTokenId"), evidence.GapPermission, "credential; grant; kms_key; principal; vendor_setting"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := replica(t)
			before := r.Before
			r.Before = func(action string, form url.Values) string {
				if action == c.action {
					return c.answer
				}
				return before(action, form)
			}
			p := pullFrom(t, r, "")
			if got := p.Lost(c.reason); got != c.want {
				t.Errorf("%q, want %q; %s %+v", got, c.want, p.Error, p.Gaps)
			}
			if strings.Contains(name, "clock") && !strings.Contains(p.Error, "clock is wrong") {
				t.Error(p.Error)
			}
		})
	}
}

func TestACountOfUsersThatDiffersIsSeen(t *testing.T) {
	t.Parallel()
	r := replica(t)
	r.Answers["GetAccountSummary"] = []string{"<R><GetAccountSummaryResult><SummaryMap><entry><key>Users</key><value>5</value></entry></SummaryMap></GetAccountSummaryResult></R>"}
	if p := pullFrom(t, r, ""); p.Lost(evidence.GapCountMismatch) != "principal" {
		t.Errorf("%+v", p.Gaps)
	}
}

func TestARoleIsTakenOnAndItsCredentialKeptNowhere(t *testing.T) {
	t.Parallel()
	r := replica(t)
	r.Answers["AssumeRole"] = []string{`<R><AssumeRoleResult><Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>of-the-role-only</SecretAccessKey><SessionToken>token-of-the-role</SessionToken></Credentials></AssumeRoleResult></R>`}
	before := r.Before
	r.Before = func(action string, form url.Values) string {
		if action == "AssumeRole" && form.Get("ExternalId") != "ours" {
			return awstest.Problem(403, "AccessDenied")
		}
		if action == "ListGrants" {
			return `{"Grants":[],"note":"token-of-the-role of-the-role-only"}`
		}
		return before(action, form)
	}
	role := `, role_arn: "arn:aws:iam::123456789012:role/tieout"`
	p := pullFrom(t, r, role+", external_id: ours")
	if p.Error != "" {
		t.Fatal(p.Error)
	}
	for _, b := range p.Keeper.Blobs {
		if strings.Contains(string(b), "of-the-role-only") || strings.Contains(string(b), "token-of-the-role") {
			t.Errorf("the role's credential stands in what was kept")
		}
	}
	if p := pullFrom(t, r, role); !strings.Contains(p.Lost(evidence.GapPermission), "principal") {
		t.Errorf("%+v", p.Gaps)
	}
}

func TestAConfigurationThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	for rest, want := range map[string]string{
		", tags: {status: s}":                "cannot come from tag",
		", programs: ['[']":                  "no pattern",
		", resources: ['arn:aws:s3:::*']":    "no single resource",
		", page_size: 5000":                  "page_size",
		", role_arn: admin":                  "role_arn",
		", external_id: x":                   "external_id",
		", endpoints: {ec2: 'http://x'}":     "does not ask",
		", session_token: abc":               "must be a reference",
		", region: nowhere":                  "region",
		", colour: red":                      "colour",
		", endpoints: {kms: 'ftp://x/'}":     "begins with ftp",
		", endpoints: {kms: 'http://u:p@x'}": "holds a user",
	} {
		config := fmt.Sprintf("{id: a, type: aws-iam, region: eu-central-1, access_key: env:A, secret_key: env:B%s}", rest)
		if strings.Contains(rest, "region") {
			config = "{id: a, type: aws-iam, region: nowhere, access_key: env:A, secret_key: env:B}"
		}
		if _, err := sourcetest.Parse(spec(t), config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", rest, err)
		}
	}
}

func TestWhatAPolicyAllows(t *testing.T) {
	t.Parallel()
	const bucket = "arn:aws:s3:::prompts"
	for doc, want := range map[string][2]level{ // on anything; on the bucket
		`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`:                                           {changing, changing},
		`{"Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"arn:aws:s3:::prompts/*"}]}`: {reading, reading},
		`{"Statement":[{"Effect":"Allow","Action":"s3:G*","Resource":"arn:aws:s3:::prompts*"}]}`:                 {changing, changing},
		`{"Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::other/*"}]}`:           {changing, nothing},
		`{"Statement":[{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}]}`:                                  {changing, changing},
		`{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::prompts*"}]}`:       {reading, nothing},
		`{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`:                                          {nothing, nothing},
		`{"Statement":[{"Effect":"Perhaps"}]}`:                                                                   {unreadable, unreadable},
		`{"Statement":[{"Effect":"Allow","Effect":"Deny"}]}`:                                                     {unreadable, unreadable},
		`not a policy`: {unreadable, unreadable},
	} {
		p := newPolicy("p", "p", doc)
		if got := [2]level{p.on(""), p.on(bucket)}; got != want {
			t.Errorf("%s: %v, want %v", doc, got, want)
		}
	}
	if got := newPolicy("p", "p", url.PathEscape(`{"Statement":{"Effect":"Allow","Action":"a:Get+","Resource":"*"}}`)).on(""); got != reading {
		t.Errorf("escaped: %v", got)
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, "arn:aws:s3:::a")
	f.Add("%7B%22Statement%22%3A%5B%5D%7D", "*")
	f.Fuzz(func(_ *testing.T, doc, resource string) {
		p := newPolicy("p", "p", doc)
		p.on(resource)
		holder{"a", []policy{p}}.may(resource, administers)
		trusted(doc)
	})
}

func FuzzReport(f *testing.F) {
	f.Add(base64.StdEncoding.EncodeToString([]byte(header+rootLine)), "2026-07-06T07:30:00Z")
	f.Fuzz(func(t *testing.T, content, made string) {
		if r, err := parseReport(content, made); err == nil && r.made == 0 && made == "" {
			t.Error("a report without a time was read")
		}
	})
}
