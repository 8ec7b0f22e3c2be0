//! How high a risk is, and which way it is going.

use crate::value::text_value;

text_value! {
    /// How high the risk is now, in the words of the SafeLives checklist.
    RiskLevel: "risk level" {
        Standard = "standard", "Standard";
        Medium = "medium", "Medium";
        High = "high", "High";
        Unknown = "unknown", "Not known";
    }
}

text_value! {
    /// Which way the risk has gone since it was last looked at.
    RiskDirection: "direction of risk" {
        Up = "up", "Up";
        Same = "same", "The same";
        Down = "down", "Down";
        Unknown = "unknown", "Not known";
    }
}
