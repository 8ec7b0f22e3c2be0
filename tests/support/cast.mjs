// The people of the demonstration data.

export const PASSWORD = "fresh-eyes-demo";

export const CAST = {
  helen: { name: "Helen Ward", email: "helen.ward@example.org", part: "head of service" },
  ros: { name: "Ros Keane", email: "ros.keane@example.org", part: "service manager" },
  priya: { name: "Priya Nair", email: "priya.nair@example.org", part: "team manager" },
  tom: { name: "Tom Osei", email: "tom.osei@example.org", part: "practitioner in the assessed year" },
  gwen: { name: "Gwen Hartley", email: "gwen.hartley@example.org", part: "practitioner" },
  luca: { name: "Luca Marsh", email: "luca.marsh@example.org", part: "practitioner, co-worker of F-1042" },
  amal: { name: "Amal Idris", email: "amal.idris@example.org", part: "agency practitioner" },
  nia: { name: "Nia Prosser", email: "nia.prosser@example.org", part: "practitioner" },
  owen: { name: "Owen Blake", email: "owen.blake@example.org", part: "practitioner, reflective supervisor of Tom" },
  farah: { name: "Farah Siddiqui", email: "farah.siddiqui@example.org", part: "practitioner" },
  marta: { name: "Marta Lind", email: "marta.lind@example.org", part: "supervisor of another team" },
  jo: { name: "Jo Whelan", email: "jo.whelan@example.org", part: "practitioner of another team" },
  dee: { name: "Dee Whitlock", email: "dee.whitlock@example.org", part: "training coordinator" },
  hanif: { name: "Hanif Qureshi", email: "hanif.qureshi@example.org", part: "auditor" },
  iris: { name: "Iris Bennett", email: "iris.bennett@example.org", part: "information governance officer" },
  bev: { name: "Bev Sutton", email: "bev.sutton@example.org", part: "partner liaison" },
  admin: { name: "Sam Adeyemi", email: "admin@example.org", part: "system administrator" },
};

export const EVERYBODY = Object.keys(CAST);
