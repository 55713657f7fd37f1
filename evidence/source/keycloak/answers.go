package keycloak

type realmAnswer struct {
	ID           string            `json:"id"`
	Idle         int64             `json:"ssoSessionIdleTimeout"`
	Max          int64             `json:"ssoSessionMaxLifespan"`
	Remember     bool              `json:"rememberMe"`
	RememberIdle int64             `json:"ssoSessionIdleTimeoutRememberMe"`
	RememberMax  int64             `json:"ssoSessionMaxLifespanRememberMe"`
	ClientIdle   int64             `json:"clientSessionIdleTimeout"`
	ClientMax    int64             `json:"clientSessionMaxLifespan"`
	Events       *bool             `json:"eventsEnabled"`
	Expiration   int64             `json:"eventsExpiration"`
	EventTypes   []string          `json:"enabledEventTypes"`
	AdminEvents  *bool             `json:"adminEventsEnabled"`
	Attributes   map[string]string `json:"attributes"`
}

type user struct {
	ID         string              `json:"id"`
	Username   string              `json:"username"`
	Email      string              `json:"email"`
	Enabled    *bool               `json:"enabled"`
	Created    *int64              `json:"createdTimestamp"` // ms
	Attributes map[string][]string `json:"attributes"`
}

type factor struct {
	Type string `json:"type"`
}

type group struct {
	ID          string              `json:"id"`
	Path        string              `json:"path"`
	Subgroups   *int                `json:"subGroupCount"`
	Inside      []group             `json:"subGroups"`
	RealmRoles  []string            `json:"realmRoles"`
	ClientRoles map[string][]string `json:"clientRoles"` // by clientId
}

type role struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Composite bool   `json:"composite"`
	OfClient  bool   `json:"clientRole"`
	Container string `json:"containerId"`
}

type client struct {
	ID            string            `json:"id"`
	ClientID      string            `json:"clientId"`
	Enabled       *bool             `json:"enabled"`
	Public        bool              `json:"publicClient"`
	Bearer        bool              `json:"bearerOnly"`
	Authenticator string            `json:"clientAuthenticatorType"`
	Service       bool              `json:"serviceAccountsEnabled"`
	Attributes    map[string]string `json:"attributes"`
}

type event struct {
	ID       string            `json:"id"`
	Time     int64             `json:"time"` // ms
	Type     string            `json:"type"`
	UserID   string            `json:"userId"`
	ClientID string            `json:"clientId"`
	Details  map[string]string `json:"details"`
}

type adminEvent struct {
	ID      string `json:"id"`
	Time    int64  `json:"time"` // ms
	Details struct {
		UserID string `json:"userId"`
	} `json:"authDetails"`
	Operation string `json:"operationType"`
	Type      string `json:"resourceType"`
	Path      string `json:"resourcePath"`
}
